-- A store as schema 8 left it: the one of schema 7 with a time in which nothing watched.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE act (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    author   TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('ack', 'silence', 'drill')),
    alert    INTEGER REFERENCES alert (id),
    scenario TEXT,
    feed     TEXT,
    until    INTEGER,
    reason   TEXT
) STRICT;
INSERT INTO "act" VALUES(1,1765690000000,'ada','ack',1,NULL,NULL,1766294800000,'seen, the map is being checked');
INSERT INTO "act" VALUES(2,1765690000000,'ada','silence',NULL,'kupyansk/risk',NULL,1765776400000,'a drill of the whole floor');
CREATE TABLE alert (
    id           INTEGER PRIMARY KEY,
    scenario     TEXT NOT NULL,
    path         TEXT NOT NULL,
    opened       INTEGER NOT NULL,
    resolved     INTEGER,
    resolution   TEXT,
    acknowledged INTEGER
) STRICT;
INSERT INTO "alert" VALUES(1,'kupyansk/baseline','baseline',1765683000000,NULL,NULL,NULL);
CREATE TABLE condition (
    scenario      TEXT NOT NULL,
    key           TEXT NOT NULL,
    latched       INTEGER NOT NULL,
    accrued       INTEGER NOT NULL,
    running_since INTEGER,
    releases      INTEGER NOT NULL,
    last_release  INTEGER,
    told          TEXT,
    PRIMARY KEY (scenario, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "condition" VALUES('kupyansk/baseline','aid-package days_overdue at most 0',1,30281601644,NULL,1,8,'235 days');
INSERT INTO "condition" VALUES('kupyansk/baseline','aid-package slip below 30 days',1,30281601644,1795878201644,1,8,'0 days');
INSERT INTO "condition" VALUES('kupyansk/baseline','sorties ratio at least 0.9',1,30281601644,NULL,2,1767218400000,'unknown');
INSERT INTO "condition" VALUES('kupyansk/risk','aid-package slip at least 30 days',0,0,NULL,0,NULL,'0 days');
INSERT INTO "condition" VALUES('kupyansk/risk','convoys corroborated at least 2',0,0,NULL,0,NULL,'0 events');
INSERT INTO "condition" VALUES('kupyansk/risk','sorties ratio at most 0.75',0,0,NULL,0,NULL,'unknown');
CREATE TABLE coverage (
    id      INTEGER PRIMARY KEY,
    feed    TEXT NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    learned INTEGER NOT NULL
) STRICT;
INSERT INTO "coverage" VALUES(1,'kupyansk/counters',1753995600000,1767390600000,1765596600000);
INSERT INTO "coverage" VALUES(2,'kupyansk/hotspots',1765498260000,1767390600000,1765596600000);
INSERT INTO "coverage" VALUES(3,'kupyansk/osint-channel',1764920520000,1767390600000,1765596600000);
INSERT INTO "coverage" VALUES(4,'kupyansk/sister-channel',1764928500000,1767390600000,1765596600000);
INSERT INTO "coverage" VALUES(5,'kupyansk/general-staff',1764857160000,1767390600000,1765596600000);
INSERT INTO "coverage" VALUES(6,'kupyansk/alliance-news',1765017960000,1767390600000,1765596600000);
INSERT INTO "coverage" VALUES(7,'kupyansk/capital-press',1764611580000,1767390600000,1765596600000);
CREATE TABLE coverage_end (
    coverage INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (coverage, until)
) STRICT, WITHOUT ROWID;
INSERT INTO "coverage_end" VALUES(1,1765596600000);
INSERT INTO "coverage_end" VALUES(1,1767369000000);
INSERT INTO "coverage_end" VALUES(1,1767390600000);
INSERT INTO "coverage_end" VALUES(2,1765596600000);
INSERT INTO "coverage_end" VALUES(2,1767369000000);
INSERT INTO "coverage_end" VALUES(2,1767390600000);
INSERT INTO "coverage_end" VALUES(3,1765596600000);
INSERT INTO "coverage_end" VALUES(3,1767369000000);
INSERT INTO "coverage_end" VALUES(3,1767390600000);
INSERT INTO "coverage_end" VALUES(4,1765596600000);
INSERT INTO "coverage_end" VALUES(4,1767369000000);
INSERT INTO "coverage_end" VALUES(4,1767390600000);
INSERT INTO "coverage_end" VALUES(5,1765596600000);
INSERT INTO "coverage_end" VALUES(5,1767369000000);
INSERT INTO "coverage_end" VALUES(5,1767390600000);
INSERT INTO "coverage_end" VALUES(6,1765596600000);
INSERT INTO "coverage_end" VALUES(6,1767369000000);
INSERT INTO "coverage_end" VALUES(6,1767390600000);
INSERT INTO "coverage_end" VALUES(7,1765596600000);
INSERT INTO "coverage_end" VALUES(7,1767347400000);
INSERT INTO "coverage_end" VALUES(7,1767369000000);
INSERT INTO "coverage_end" VALUES(7,1767390600000);
CREATE TABLE downtime (
    id    INTEGER PRIMARY KEY,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
INSERT INTO "downtime" VALUES(1,1765690000000,1765693600000);
CREATE TABLE extractor (
    indicator   TEXT NOT NULL,
    feed        TEXT NOT NULL,
    method      TEXT NOT NULL,
    since       INTEGER NOT NULL,
    tried       INTEGER NOT NULL,
    matched     INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    misses      INTEGER NOT NULL,
    last_match  INTEGER,
    told_broken INTEGER,
    PRIMARY KEY (indicator, feed, method)
) STRICT, WITHOUT ROWID;
INSERT INTO "extractor" VALUES('kupyansk/aid-package','kupyansk/alliance-news','d8b59d993054',1765596600000,8,1,0,7,1765596600000,NULL);
INSERT INTO "extractor" VALUES('kupyansk/aid-package','kupyansk/capital-press','d8b59d993054',1765596600000,6,1,0,5,1765596600000,NULL);
INSERT INTO "extractor" VALUES('kupyansk/convoys','kupyansk/general-staff','873d8834c2ca',1765596600000,6,0,0,6,NULL,NULL);
INSERT INTO "extractor" VALUES('kupyansk/convoys','kupyansk/hotspots','2007d3ec5f23',1765596600000,70,2,0,9,1767109800000,NULL);
INSERT INTO "extractor" VALUES('kupyansk/convoys','kupyansk/osint-channel','873d8834c2ca',1765596600000,7,1,0,2,1766245800000,NULL);
INSERT INTO "extractor" VALUES('kupyansk/convoys','kupyansk/sister-channel','873d8834c2ca',1765596600000,6,1,0,2,1766245800000,NULL);
INSERT INTO "extractor" VALUES('kupyansk/sorties','kupyansk/counters','9b5e6b75225c',1765596600000,14,13,0,0,1767325800000,NULL);
INSERT INTO "extractor" VALUES('kupyansk/sorties','kupyansk/general-staff','b15514393ed0',1765596600000,6,2,0,2,1766159400000,NULL);
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "fact" VALUES('last_alive','1767391200000');
INSERT INTO "fact" VALUES('sequence','814');
CREATE TABLE feed (
    name          TEXT PRIMARY KEY,
    health        TEXT NOT NULL,
    since         INTEGER NOT NULL,
    last_poll     INTEGER,
    last_success  INTEGER,
    next_poll     INTEGER,
    last_error    TEXT,
    failures      INTEGER NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    body_hash     TEXT,
    covers_from   INTEGER,
    moved_to      TEXT,
    told_broken   INTEGER
, newest_item INTEGER, longest_wait INTEGER NOT NULL DEFAULT 0, waits INTEGER NOT NULL DEFAULT 0, overflowed INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO "feed" VALUES('kupyansk/alliance-news','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20251230T122900Z.xml',NULL,'875e7f0b8f0e65a5fe994b723b75c435605f04751a70e053c11dfcef789abfd1:ce2d40703bc97ba6',1766396640000,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "feed" VALUES('kupyansk/capital-press','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20251229T175000Z.xml',NULL,'e61bbac7327b265e31da971ad81a60ff75982ce35e5011fb30466a73c5315be8:8bc707a0762abb18',1765818780000,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "feed" VALUES('kupyansk/counters','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20260102T033000Z.json',NULL,'962e5e7f4b97b48040caf91a0d2afdefdc432ee7137486842a174cc363e5cb9c:abcff0a8c72b58bd',1753995600000,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "feed" VALUES('kupyansk/general-staff','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20251229T062600Z.html',NULL,'b7633e1b779696c2998760106a9a1a3d20982a104d3eb112a0b53d7536d76108:088b4d9a2d5ce45d',1766138100000,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "feed" VALUES('kupyansk/hotspots','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20260101T134000Z.csv',NULL,'acba13625356c7757d55fceaaff3801baaed828f2f851f67c38b2ea182385b72:3ebb83aa4ed1f172',1767139860000,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "feed" VALUES('kupyansk/osint-channel','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20251229T111800Z.html',NULL,'70f52d1b5c9b899fee90c4cbc12fd65d53e9782db15c7c24ce4b6fc0305ce347:452ad90638665e56',1766232600000,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "feed" VALUES('kupyansk/sister-channel','ok',1765596600000,1767390600000,1767390600000,1767412200000,NULL,0,'20260102T105000Z.html',NULL,'de3290594078098f923f3d2e5fa67ed4f6454de2a7b0bbe17145272bd0be0e6b:14aa98f47ba2bea9',1766235600000,NULL,NULL,NULL,0,0,NULL);
CREATE TABLE feed_health (
    id     INTEGER PRIMARY KEY,
    feed   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    health TEXT NOT NULL,
    error  TEXT
) STRICT;
INSERT INTO "feed_health" VALUES(1,'kupyansk/counters',1765596600000,'ok',NULL);
INSERT INTO "feed_health" VALUES(2,'kupyansk/hotspots',1765596600000,'ok',NULL);
INSERT INTO "feed_health" VALUES(3,'kupyansk/osint-channel',1765596600000,'ok',NULL);
INSERT INTO "feed_health" VALUES(4,'kupyansk/sister-channel',1765596600000,'ok',NULL);
INSERT INTO "feed_health" VALUES(5,'kupyansk/general-staff',1765596600000,'ok',NULL);
INSERT INTO "feed_health" VALUES(6,'kupyansk/alliance-news',1765596600000,'ok',NULL);
INSERT INTO "feed_health" VALUES(7,'kupyansk/capital-press',1765596600000,'ok',NULL);
CREATE TABLE item (
    feed        TEXT NOT NULL,
    id          TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    hash        TEXT NOT NULL,
    recipe      TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    published   INTEGER,
    title       TEXT,
    link        TEXT,
    body        TEXT NOT NULL,
    PRIMARY KEY (feed, id, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO "item" VALUES('kupyansk/alliance-news','https://alliance.example.org/news/2025/12/news-7',1,'de9802d2564f8d0c78b6e1e7e0d6d785','ce2d40703bc97ba6',1766764200000,1766747880000,'Remarks after the meeting with Ukraine','https://alliance.example.org/news/2025/12/news-7','The chair thanked the delegation; a date for the next meeting will follow.');
INSERT INTO "item" VALUES('kupyansk/alliance-news','https://alliance.example.org/news/2025/12/news-8',1,'14e72caf090c80de0dc4c9450c28427b','ce2d40703bc97ba6',1767109800000,1767095340000,'Chiefs of defence meet','https://alliance.example.org/news/2025/12/news-8','The chiefs of defence met for two days and spoke about stocks and rail transport.');
INSERT INTO "item" VALUES('kupyansk/alliance-news','https://alliance.example.org/news/2025/12/package-announced',1,'f7e31d799d1f6a1ca8b1fc5d46a167e2','ce2d40703bc97ba6',1765596600000,1765443600000,'Allies announce the next assistance package for Ukraine','https://alliance.example.org/news/2025/12/package-announced','Allies today announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.');
INSERT INTO "item" VALUES('kupyansk/capital-press','https://press.example.org/briefing/2025/12/item-5',1,'3b07271f1fd3d13dfe85987dd8fcfddb','8bc707a0762abb18',1767045000000,1767028200000,'Statement on Ukraine','https://press.example.org/briefing/2025/12/item-5','');
INSERT INTO "item" VALUES('kupyansk/capital-press','https://press.example.org/briefing/2025/12/ukraine-package',1,'60f18d56c15797d8cc2af2fe06ceb060','8bc707a0762abb18',1765596600000,1765567800000,'Statement on the assistance package for Ukraine','https://press.example.org/briefing/2025/12/ukraine-package','The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.');
INSERT INTO "item" VALUES('kupyansk/counters','2025-07-31T21:00:00.000Z',1,'72ac0000b2668eda701966b72068a2b4','abcff0a8c72b58bd',1765596600000,1753995600000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-08-31T21:00:00.000Z',1,'2dd88e5ee988fea47162e2a28733ee49','abcff0a8c72b58bd',1765596600000,1756674000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-09-30T21:00:00.000Z',1,'6c0e132ab514d641d5a59446c9fb6cff','abcff0a8c72b58bd',1765596600000,1759266000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-10-31T22:00:00.000Z',1,'48a562d7501186f7164a1cf5efef4587','abcff0a8c72b58bd',1765596600000,1761948000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',1,'535fb0772d3e2cf144c35e2b186f4ff7','abcff0a8c72b58bd',1765596600000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',2,'421f3b32d7fd3d8c4ca58dbdd33c8edf','abcff0a8c72b58bd',1765943400000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',3,'59e25e2249fdde7199e8d56f10a132f5','abcff0a8c72b58bd',1766289000000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',4,'86e980f121380c61f10955729d9a1afe','abcff0a8c72b58bd',1766634600000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',5,'cc59de3f38e4daf07a8f34ba3a7237de','abcff0a8c72b58bd',1766980200000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',6,'335d7af4454866a0f53516ad94907743','abcff0a8c72b58bd',1767217800000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-11-30T22:00:00.000Z',7,'16fbf0c8b83f70bd3db8e4a43c0abfa1','abcff0a8c72b58bd',1767239400000,1764540000000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-12-31T22:00:00.000Z',1,'ed54ba504ae54124be6a49df2a8339ed','abcff0a8c72b58bd',1767239400000,1767218400000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-12-31T22:00:00.000Z',2,'ec06e05b6b68bc042155ed245d435ed4','abcff0a8c72b58bd',1767261000000,1767218400000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/counters','2025-12-31T22:00:00.000Z',3,'71812c746bbe61e1ce889a65352eee50','abcff0a8c72b58bd',1767325800000,1767218400000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/general-staff','demo_general_staff/2302',1,'3b43e2ff0983454653a5c4757cc72495','088b4d9a2d5ce45d',1765596600000,1765282440000,NULL,'https://t.example.org/demo_general_staff/2302','Situation on 9 December. Kharkiv sector: over 1,520 drone sorties in the past week, a rounded figure.');
INSERT INTO "item" VALUES('kupyansk/general-staff','demo_general_staff/2304',1,'50ea22b599680fa7e3d682abda77c690','088b4d9a2d5ce45d',1766159400000,1766138100000,NULL,'https://t.example.org/demo_general_staff/2304','Обстановка на 19.12. Kharkiv / Харків: понад 1 530 вильотів безпілотників за тиждень.');
INSERT INTO "item" VALUES('kupyansk/general-staff','demo_general_staff/2305',1,'46e29b2b0c62c982ee1e910a18f0391d','088b4d9a2d5ce45d',1766569800000,1766555220000,NULL,'https://t.example.org/demo_general_staff/2305','Situation on 24 December. Lyman direction: 8 attacks, two of them after dark; fighting goes on.');
INSERT INTO "item" VALUES('kupyansk/general-staff','demo_general_staff/2306',1,'38ccbcda983db7870f7058d7e8cec967','088b4d9a2d5ce45d',1767001800000,1766987160000,NULL,'https://t.example.org/demo_general_staff/2306','Situation on 29 December. Kupiansk direction: 3 attacks stopped near Pishchane and Petropavlivka.');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:072b4971c0e6928b85bd',1,'0491156c11bb22bf5e4fef2c4c061f19','3ebb83aa4ed1f172',1767109800000,1766970720000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:0a9bac3a05f04ce98664',1,'4fe4f82860716247591a6ad71869c8ff','3ebb83aa4ed1f172',1767109800000,1767005640000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:1019807c5b49ed5f72fe',1,'a146dd4d257d2e9a4755bea53dbf55ad','3ebb83aa4ed1f172',1766591400000,1766572560000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:124dbd7cfa5dd258ea84',1,'9ae4e1f507d30c4c26b54657db8a0e67','3ebb83aa4ed1f172',1767109800000,1767002940000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:1f9e90941fd26061e0d6',1,'b62e25641d88ee7e59a0c173da778213','3ebb83aa4ed1f172',1767282600000,1767228480000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:236b33f75f6df2738a19',1,'cbe065a7958c0ee615f8908a19e37f8b','3ebb83aa4ed1f172',1767109800000,1767089340000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:32aab0815f44086646f7',1,'fafb2dbfdc634e5602fa9c24b55d3180','3ebb83aa4ed1f172',1766764200000,1766743740000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:39a5ee0cd4c1011ca36d',1,'4dcf39fd3317276b187fca648bf6d71f','3ebb83aa4ed1f172',1766764200000,1766621460000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:3ffd1694aa33c4945842',1,'da4d0b8fe1683b01baa5f06f64a29066','3ebb83aa4ed1f172',1766591400000,1766536620000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:4af45ed3bc2bc068e51d',1,'f65fefdc09b294238d976458298518f1','3ebb83aa4ed1f172',1765727400000,1765708560000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:4d21c1df798093befacc',1,'8360aafe2228277fbdb27ef4c385a806','3ebb83aa4ed1f172',1767109800000,1767053460000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:55a6f133effd1e6b8d2a',1,'fcd24965f8ff89048fb570a4aa6a54d6','3ebb83aa4ed1f172',1766591400000,1766572560000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:60eba67adb65bdce5894',1,'64d45388ee4183a25e0aa757acfd38b6','3ebb83aa4ed1f172',1767282600000,1767139860000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:6d0039a1f6bb70d7fc50',1,'039e5f4903a8d923b33d9e7492dc8401','3ebb83aa4ed1f172',1766937000000,1766797380000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:701ca3363f42edb34e47',1,'983a69534eb07297c9fb74e4a5d12569','3ebb83aa4ed1f172',1767109800000,1767089340000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:745da5adaa4c62f38b3e',1,'b0b27e41ce19536197d05f7dec1f62f7','3ebb83aa4ed1f172',1766591400000,1766452320000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:746949b5d8226e1f1d74',1,'b9ad1c89985bf8f594e6264a626cda84','3ebb83aa4ed1f172',1766937000000,1766916540000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:7b5772fb937b8ea43075',1,'74a3275c055d6c5a33204f4b120cb66e','3ebb83aa4ed1f172',1767109800000,1767002940000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:83267688a4e2830238ed',1,'b8acb9360423bb23856549fe03284dca','3ebb83aa4ed1f172',1766937000000,1766830680000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:834478bd8a03583bf39d',1,'ef4193fb23bec70b74e16969035952f0','3ebb83aa4ed1f172',1766591400000,1766536620000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:877f06d59e5b8f264620',1,'8fea95162a2dc493876e71275b657855','3ebb83aa4ed1f172',1766764200000,1766710980000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:96b9165225ccdde7c5d7',1,'8f18b4915dbf011fd3ce72e58fee51d8','3ebb83aa4ed1f172',1766937000000,1766797380000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:9c0003a3e23b6c5ea875',1,'5d74c7cfd8a4ce50e0bcc955e296b488','3ebb83aa4ed1f172',1766591400000,1766485080000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:a8ef5929c80c39304d1c',1,'b74815831fb50af01c78f75f6ae4976f','3ebb83aa4ed1f172',1766591400000,1766485080000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:b8a993ae2ea522520f8a',1,'476b4bcac29f5f53f8be4ef462543de9','3ebb83aa4ed1f172',1766764200000,1766710980000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:be6e0c0eb68d3266b5a1',1,'769f1e7b976ab41310bc5f862eea8cc9','3ebb83aa4ed1f172',1766764200000,1766657880000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:c1f37d0e393cc51241bc',1,'7c88903162f45e29332fb3e75fbafc71','3ebb83aa4ed1f172',1767282600000,1767263760000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:c5e6774c0fa10cd6f54e',1,'cb6a3418ff4473dcbb55ce075aeb9b51','3ebb83aa4ed1f172',1767282600000,1767177360000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:cb27aab80137becf8cbc',1,'c38bf885a3dcbb94af38e482fb2a864d','3ebb83aa4ed1f172',1766764200000,1766657880000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:d7e321639d5dd6e28b45',1,'a04b3fe9347b247be6d11430191f8b0d','3ebb83aa4ed1f172',1766937000000,1766916540000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:de696f2ab3e63e2d9207',1,'3111cc22789071477cc828e17215c592','3ebb83aa4ed1f172',1766937000000,1766881440000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:e16a6a94e5d7e3496a4f',1,'a4b3636703545b2b3356e76eb907a34b','3ebb83aa4ed1f172',1767282600000,1767228480000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:e910cc7a782327458400',1,'342f4ca682b902819d707cd707351c3c','3ebb83aa4ed1f172',1767109800000,1767005640000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/hotspots','sha256:ea27dc12f87176a9905e',1,'6abf89fbfc9122eb5554e5b50a828423','3ebb83aa4ed1f172',1766937000000,1766881440000,NULL,NULL,'');
INSERT INTO "item" VALUES('kupyansk/osint-channel','demo_east_watch/416',1,'52946f914600746ed71f1100eb60bdb3','452ad90638665e56',1766245800000,1766232600000,NULL,'https://t.example.org/demo_east_watch/416','Kupiansk: a column of Russian trucks on the road from Svatove, eleven vehicles, filmed from a roof. Not placed to the metre yet.');
INSERT INTO "item" VALUES('kupyansk/osint-channel','demo_east_watch/417',1,'c535711582ce8e7b199a685738fdbfbc','452ad90638665e56',1766591400000,1766586720000,NULL,'https://t.example.org/demo_east_watch/417','Weather for the east, 24 December: -5 °C at dawn, fog in the Oskil valley until about 10:00.');
INSERT INTO "item" VALUES('kupyansk/osint-channel','demo_east_watch/418',1,'7b2ec180c2985bb274651572b8298d88','452ad90638665e56',1767023400000,1767004680000,NULL,'https://t.example.org/demo_east_watch/418','The film from Vovchansk that is going round today was shot in the summer: leaves on the trees, dry road.');
INSERT INTO "item" VALUES('kupyansk/sister-channel','demo_east_watch_brief/91',1,'665a0518f108e1f05b32e84149c833b2','14aa98f47ba2bea9',1766245800000,1766235600000,NULL,'https://t.example.org/demo_east_watch_brief/91','Eleven trucks in a column from Svatove towards Kupiansk, says our roof.');
INSERT INTO "item" VALUES('kupyansk/sister-channel','demo_east_watch_brief/92',1,'4490376cd95bf89a2935f01179b2ecef','14aa98f47ba2bea9',1766764200000,1766742900000,NULL,'https://t.example.org/demo_east_watch_brief/92','East Watch in short, 26 December: quiet in the places we can see.');
INSERT INTO "item" VALUES('kupyansk/sister-channel','demo_east_watch_brief/93',1,'54e247c1eba17075e959362f066c19e1','14aa98f47ba2bea9',1767369000000,1767348600000,NULL,'https://t.example.org/demo_east_watch_brief/93','Question of the week 5: which bridges over the Oskil still stand? Answers on the main channel.');
CREATE TABLE item_kept (
    feed     TEXT NOT NULL,
    id       TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (feed, id, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO "item_kept" VALUES('kupyansk/alliance-news','https://alliance.example.org/news/2025/12/package-announced',1);
INSERT INTO "item_kept" VALUES('kupyansk/capital-press','https://press.example.org/briefing/2025/12/ukraine-package',1);
INSERT INTO "item_kept" VALUES('kupyansk/counters','2025-07-31T21:00:00.000Z',1);
INSERT INTO "item_kept" VALUES('kupyansk/counters','2025-08-31T21:00:00.000Z',1);
INSERT INTO "item_kept" VALUES('kupyansk/counters','2025-09-30T21:00:00.000Z',1);
INSERT INTO "item_kept" VALUES('kupyansk/counters','2025-10-31T22:00:00.000Z',1);
CREATE TABLE note (
    id         INTEGER PRIMARY KEY,
    subject    TEXT NOT NULL CHECK (subject IN ('value', 'source', 'alert')),
    target     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    author     TEXT NOT NULL,
    text       TEXT NOT NULL,
    supersedes INTEGER REFERENCES note (id)
) STRICT;
INSERT INTO "note" VALUES(1,'value','22',1795878201644,'analyst','from the briefing',NULL);
INSERT INTO "note" VALUES(2,'alert','1',1795878201992,'analyst','told the desk',NULL);
CREATE TABLE notification (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL,
    recipient     TEXT NOT NULL,
    message_id    TEXT NOT NULL UNIQUE,
    created       INTEGER NOT NULL,
    alert         INTEGER REFERENCES alert (id),
    watch         TEXT,
    thread        TEXT,
    content       TEXT NOT NULL,
    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    next_try      INTEGER,
    claimed_until INTEGER,
    last_error    TEXT,
    sent          INTEGER
, about TEXT, folded_into INTEGER, counted_from INTEGER, waits_for_server INTEGER NOT NULL DEFAULT 0, held INTEGER REFERENCES act (id)) STRICT;
INSERT INTO "notification" VALUES(1,'triggered','Desk <desk@example.org>','triggered.1765683000000.70e61ab40cb776d8@example.org',1765683000000,1,'kupyansk','a20f60b33876194b@example.org','{"scenario":{"scenario":"kupyansk/baseline","path":"baseline","title":"Ukraine keeps its tempo; Russia turns to the defensive around Kupyansk","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1765683000000,"phase":"active","since":1765683000000,"verdict":"true","needs":"all","reason":"3 of 3 conditions hold, needed are all","clears":"It resolves once fewer than 3 conditions hold for 3d.","conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"true","value":1.0094034222290735,"shown":"1.01","before":null,"bound":"at least 0.9","why":"2025-11 had 65 480 sorties, the median of the 3 months before it is 64 870 sorties","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[1,2,3,4],"evidence":[{"indicator":"kupyansk/sorties","vintage":4,"value":65480.0,"low":65480.0,"high":65480.0,"event_time":1761948000000,"recorded_at":1765596600000,"quote":"65480","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":3,"value":66310.0,"low":66310.0,"high":66310.0,"event_time":1759266000000,"recorded_at":1765596600000,"quote":"66310","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":2,"value":64870.0,"low":64870.0,"high":64870.0,"event_time":1756674000000,"recorded_at":1765596600000,"quote":"64870","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":1,"value":61240.0,"low":61240.0,"high":61240.0,"event_time":1753995600000,"recorded_at":1765596600000,"quote":"61240","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]}],"series":[["2025-08",61240.0,true],["2025-09",64870.0,true],["2025-10",66310.0,true],["2025-11",65480.0,true],["2025-12",26999.0,false]]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"days_overdue","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"at most 0","why":"due on 2026-03-31, announced","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"below 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}}','sent',1,NULL,NULL,NULL,1765683000000,NULL,NULL,NULL,0,NULL);
INSERT INTO "notification" VALUES(2,'blind','Desk <desk@example.org>','blind.1795878201644.e80c0c8052b9c5ee@example.org',1795878201644,1,'kupyansk','a20f60b33876194b@example.org','{"scenario":{"scenario":"kupyansk/baseline","path":"baseline","title":"Ukraine keeps its tempo; Russia turns to the defensive around Kupyansk","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1795878201644,"phase":"active","since":1765683000000,"verdict":"unknown","needs":"all","reason":"1 of 3 conditions hold, needed are all, and unknown is sorties (the newest complete period is 2025-12; later ones were not seen to their end); aid-package (due on 2026-03-31, overdue)","clears":"It resolves once fewer than 3 conditions hold for 3d.","conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"unknown","value":null,"shown":"unknown","before":"1.01","bound":"at least 0.9","why":"the newest complete period is 2025-12; later ones were not seen to their end","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[],"evidence":[],"series":[["2025-11",65480.0,true],["2025-12",67920.0,true],["2026-01",12.0,false],["2026-02",null,true],["2026-03",null,true],["2026-04",null,true],["2026-05",null,true],["2026-06",null,true],["2026-07",null,true],["2026-08",null,true],["2026-09",null,true],["2026-10",null,true],["2026-11",null,true]]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"days_overdue","verdict":"unknown","value":235.0,"shown":"235 days","before":"0 days","bound":"at most 0","why":"due on 2026-03-31, overdue","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"below 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}}','queued',0,1795878201644,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "notification" VALUES(3,'blind','Desk <desk@example.org>','blind.1795878201644.c6d26bed0a8aad91@example.org',1795878201644,NULL,'kupyansk','8148480ccd23d07b@example.org','{"scenario":{"scenario":"kupyansk/risk","path":"risk","title":"Russian counter-offensive to retake the liberated area","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1795878201644,"phase":"inactive","since":1765596600000,"verdict":"unknown","needs":"2 of 3","reason":"0 of 3 conditions hold, needed are 2 of 3, and unknown is sorties (the newest complete period is 2025-12; later ones were not seen to their end); convoys (0 reports make 0 events in the last 10d, 0 of them corroborated; only 0 % of that time was looked at, there may have been more)","clears":null,"conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"unknown","value":null,"shown":"unknown","before":null,"bound":"at most 0.75","why":"the newest complete period is 2025-12; later ones were not seen to their end","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[],"evidence":[],"series":[["2025-11",65480.0,true],["2025-12",67920.0,true],["2026-01",12.0,false],["2026-02",null,true],["2026-03",null,true],["2026-04",null,true],["2026-05",null,true],["2026-06",null,true],["2026-07",null,true],["2026-08",null,true],["2026-09",null,true],["2026-10",null,true],["2026-11",null,true]]},{"indicator":"kupyansk/convoys","title":"Russian mechanized units and convoys near Kupyansk","unit":"","measure":"corroborated","verdict":"unknown","value":0.0,"shown":"0 events","before":null,"bound":"at least 2","why":"0 reports make 0 events in the last 10d, 0 of them corroborated; only 0 % of that time was looked at, there may have been more","proxy_for":"heat and reports; no imagery is looked at","vintages":[],"evidence":[],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"false","value":0.0,"shown":"0 days","before":null,"bound":"at least 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}}','queued',0,1795878201644,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
CREATE TABLE observation (
    id             INTEGER PRIMARY KEY,
    indicator      TEXT NOT NULL,
    key            TEXT NOT NULL,
    event_time     INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    effective_at   INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('quantity', 'report', 'statement')),
    value          REAL,
    low            REAL,
    high           REAL,
    bound          TEXT,
    lat            REAL,
    lon            REAL,
    error_km       REAL,
    place          TEXT,
    expected_from  TEXT,
    expected_to    TEXT,
    currency       TEXT,
    role           TEXT,
    status         TEXT,
    feed           TEXT,
    source         TEXT NOT NULL,
    item_id        TEXT,
    item_revision  INTEGER,
    item_title     TEXT,
    item_link      TEXT,
    method         TEXT,
    evidence       TEXT NOT NULL,
    evidence_from  INTEGER NOT NULL,
    evidence_to    INTEGER NOT NULL,
    grade          TEXT NOT NULL,
    flags          TEXT NOT NULL,
    supersedes     INTEGER REFERENCES observation (id),
    author         TEXT,
    withdrawn      INTEGER NOT NULL DEFAULT 0
, entered_at INTEGER) STRICT;
INSERT INTO "observation" VALUES(1,'kupyansk/sorties','counters from 2025-08-01',1753995600000,1765596600000,1765596600000,'quantity',61240.0,61240.0,61240.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-07-31T21:00:00.000Z',1,NULL,NULL,'9b5e6b75225c','61240',0,5,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(2,'kupyansk/sorties','counters from 2025-09-01',1756674000000,1765596600000,1765596600000,'quantity',64870.0,64870.0,64870.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-08-31T21:00:00.000Z',1,NULL,NULL,'9b5e6b75225c','64870',0,5,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(3,'kupyansk/sorties','counters from 2025-10-01',1759266000000,1765596600000,1765596600000,'quantity',66310.0,66310.0,66310.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-09-30T21:00:00.000Z',1,NULL,NULL,'9b5e6b75225c','66310',0,5,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(4,'kupyansk/sorties','counters from 2025-11-01',1761948000000,1765596600000,1765596600000,'quantity',65480.0,65480.0,65480.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-10-31T22:00:00.000Z',1,NULL,NULL,'9b5e6b75225c','65480',0,5,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(5,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1765596600000,1765596600000,'quantity',26999.0,26999.0,26999.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',1,NULL,NULL,'9b5e6b75225c','26999',0,5,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(6,'kupyansk/sorties','general-staff demo_general_staff/2302',1765282440000,1765596600000,1765596600000,'quantity',1520.0,1520.0,NULL,'at_least',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/general-staff','general-staff','demo_general_staff/2302',1,NULL,'https://t.example.org/demo_general_staff/2302','b15514393ed0','Situation on 9 December. Kharkiv sector: over 1,520 drone sorties in the past week, a rounded figure.',41,51,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(7,'kupyansk/aid-package','alliance-news https://alliance.example.org/news/2025/12/package-announced',1765443600000,1765596600000,1765596600000,'statement',500000000.0,500000000.0,500000000.0,'exact',NULL,NULL,NULL,NULL,'2025-12-11','2026-03-31','USD',NULL,'announced','kupyansk/alliance-news','alliance','https://alliance.example.org/news/2025/12/package-announced',1,'Allies announce the next assistance package for Ukraine','https://alliance.example.org/news/2025/12/package-announced','d8b59d993054','announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.',119,135,'A-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(8,'kupyansk/aid-package','capital-press https://press.example.org/briefing/2025/12/ukraine-package',1765567800000,1765596600000,1765596600000,'statement',500000000.0,500000000.0,500000000.0,'exact',NULL,NULL,NULL,NULL,'2025-12-12','2026-03-31','USD',NULL,'announced','kupyansk/capital-press','capital','https://press.example.org/briefing/2025/12/ukraine-package',1,'Statement on the assistance package for Ukraine','https://press.example.org/briefing/2025/12/ukraine-package','d8b59d993054','package for Ukraine
The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.',113,129,'A-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(9,'kupyansk/convoys','hotspots sha256:4af45ed3bc2bc068e51d',1765708560000,1765727400000,1765727400000,'report',NULL,NULL,NULL,NULL,49.9012,37.8021,0.0,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/hotspots','heat','sha256:4af45ed3bc2bc068e51d',1,NULL,NULL,'2007d3ec5f23','latitude: 49.9012, longitude: 37.8021, bright_ti4: 338.61, scan: 0.52, track: 0.46, acq_date: 2025-12-14, acq_time: 1036, satellite: N20, instrument: VIIRS, confidence: n, version: 2.0NRT, bright_ti5: 281.67',0,200,'A-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(10,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1765943400000,1765943400000,'quantity',35670.0,35670.0,35670.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',2,NULL,NULL,'9b5e6b75225c','35670',0,5,'B-','',5,NULL,0,NULL);
INSERT INTO "observation" VALUES(11,'kupyansk/sorties','general-staff demo_general_staff/2304',1766138100000,1766159400000,1766159400000,'quantity',1530.0,1530.0,NULL,'at_least',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/general-staff','general-staff','demo_general_staff/2304',1,NULL,'https://t.example.org/demo_general_staff/2304','b15514393ed0','Обстановка на 19.12. Kharkiv / Харків: понад 1 530 вильотів безпілотників за тиждень.',39,50,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(12,'kupyansk/convoys','osint-channel demo_east_watch/416',1766232600000,1766245800000,1766245800000,'report',NULL,NULL,NULL,NULL,49.7106,37.6156,40.0,'Kupiansk',NULL,NULL,NULL,NULL,NULL,'kupyansk/osint-channel','east-watch','demo_east_watch/416',1,NULL,'https://t.example.org/demo_east_watch/416','873d8834c2ca','Kupiansk: a column of Russian trucks on the road from Svatove, eleven vehicles, filmed from a roof. Not placed to the metre yet.',12,18,'C-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(13,'kupyansk/convoys','sister-channel demo_east_watch_brief/91',1766235600000,1766245800000,1766245800000,'report',NULL,NULL,NULL,NULL,49.7106,37.6156,40.0,'Kupiansk',NULL,NULL,NULL,NULL,NULL,'kupyansk/sister-channel','east-watch-brief','demo_east_watch_brief/91',1,NULL,'https://t.example.org/demo_east_watch_brief/91','873d8834c2ca','Eleven trucks in a column from Svatove towards Kupiansk, says our roof.',19,25,'C-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(14,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1766289000000,1766289000000,'quantity',44437.0,44437.0,44437.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',3,NULL,NULL,'9b5e6b75225c','44437',0,5,'B-','',10,NULL,0,NULL);
INSERT INTO "observation" VALUES(15,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1766634600000,1766634600000,'quantity',52709.0,52709.0,52709.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',4,NULL,NULL,'9b5e6b75225c','52709',0,5,'B-','',14,NULL,0,NULL);
INSERT INTO "observation" VALUES(16,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1766980200000,1766980200000,'quantity',61565.0,61565.0,61565.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',5,NULL,NULL,'9b5e6b75225c','61565',0,5,'B-','',15,NULL,0,NULL);
INSERT INTO "observation" VALUES(17,'kupyansk/convoys','hotspots sha256:0a9bac3a05f04ce98664',1767005640000,1767109800000,1767109800000,'report',NULL,NULL,NULL,NULL,49.6214,37.9487,0.0,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/hotspots','heat','sha256:0a9bac3a05f04ce98664',1,NULL,NULL,'2007d3ec5f23','latitude: 49.6214, longitude: 37.9487, bright_ti4: 332.31, scan: 0.63, track: 0.57, acq_date: 2025-12-29, acq_time: 1054, satellite: N20, instrument: VIIRS, confidence: n, version: 2.0NRT, bright_ti5: 274.50',0,200,'A-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(18,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1767217800000,1767217800000,'quantity',67650.0,67650.0,67650.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',6,NULL,NULL,'9b5e6b75225c','67650',0,5,'B-','',16,NULL,0,NULL);
INSERT INTO "observation" VALUES(19,'kupyansk/sorties','counters from 2025-12-01',1764540000000,1767239400000,1767239400000,'quantity',67920.0,67920.0,67920.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-11-30T22:00:00.000Z',7,NULL,NULL,'9b5e6b75225c','67920',0,5,'B-','',18,NULL,0,NULL);
INSERT INTO "observation" VALUES(20,'kupyansk/sorties','counters from 2026-01-01',1767218400000,1767261000000,1767261000000,'quantity',1040.0,1040.0,1040.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-12-31T22:00:00.000Z',2,NULL,NULL,'9b5e6b75225c','1040',0,4,'B-','',NULL,NULL,0,NULL);
INSERT INTO "observation" VALUES(21,'kupyansk/sorties','counters from 2026-01-01',1767218400000,1767325800000,1767325800000,'quantity',2577.0,2577.0,2577.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'kupyansk/counters','unmanned-forces','2025-12-31T22:00:00.000Z',3,NULL,NULL,'9b5e6b75225c','2577',0,4,'B-','',20,NULL,0,NULL);
INSERT INTO "observation" VALUES(22,'kupyansk/sorties','by hand 2026-01-01T22:00:00Z',1767304800000,1795878201644,1795878201644,'quantity',12.0,12.0,12.0,'exact',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'analyst',NULL,NULL,NULL,NULL,NULL,'12 (recorded by hand by analyst: from the briefing)',0,2,'--','',NULL,'analyst',0,NULL);
CREATE TABLE poll (
    id        INTEGER PRIMARY KEY,
    feed      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    status    TEXT NOT NULL,
    items_new INTEGER NOT NULL,
    took_ms   INTEGER NOT NULL,
    error     TEXT
) STRICT;
INSERT INTO "poll" VALUES(581,'kupyansk/capital-press',1767347400000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(582,'kupyansk/counters',1767369000000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(583,'kupyansk/hotspots',1767369000000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(584,'kupyansk/osint-channel',1767369000000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(585,'kupyansk/sister-channel',1767369000000,'ok',1,0,NULL);
INSERT INTO "poll" VALUES(586,'kupyansk/general-staff',1767369000000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(587,'kupyansk/alliance-news',1767369000000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(588,'kupyansk/capital-press',1767369000000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(589,'kupyansk/counters',1767390600000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(590,'kupyansk/hotspots',1767390600000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(591,'kupyansk/osint-channel',1767390600000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(592,'kupyansk/sister-channel',1767390600000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(593,'kupyansk/general-staff',1767390600000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(594,'kupyansk/alliance-news',1767390600000,'unchanged',0,0,NULL);
INSERT INTO "poll" VALUES(595,'kupyansk/capital-press',1767390600000,'unchanged',0,0,NULL);
CREATE TABLE probability (
    id          INTEGER PRIMARY KEY,
    scenario    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    log_odds    REAL NOT NULL,
    probability REAL NOT NULL,
    blind       INTEGER NOT NULL
) STRICT;
INSERT INTO "probability" VALUES(1,'kupyansk/baseline',1765683000000,0.4,0.598687660112452,0);
CREATE TABLE provenance (
    observation INTEGER PRIMARY KEY REFERENCES observation (id),
    shown       TEXT NOT NULL,
    shingling   TEXT NOT NULL,
    sketch      BLOB NOT NULL
) STRICT;
CREATE TABLE rule (
    id       INTEGER PRIMARY KEY,
    scenario TEXT NOT NULL,
    at       INTEGER NOT NULL,
    words    TEXT NOT NULL
) STRICT;
INSERT INTO "rule" VALUES(1,'kupyansk/baseline',1765683000000,'all of: movement at least 1');
CREATE TABLE scenario (
    name          TEXT PRIMARY KEY,
    phase         TEXT NOT NULL,
    since         INTEGER NOT NULL,
    accrued       INTEGER NOT NULL,
    running_since INTEGER,
    releases      INTEGER NOT NULL,
    last_release  INTEGER,
    blind         INTEGER,
    met           INTEGER NOT NULL,
    alert         INTEGER,
    last_told     INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO "scenario" VALUES('kupyansk/baseline','active',1765683000000,0,NULL,0,NULL,1795878201644,3,1,1795878201644);
INSERT INTO "scenario" VALUES('kupyansk/risk','inactive',1765596600000,0,NULL,0,NULL,1795878201644,0,NULL,1795878201644);
CREATE TABLE transition (
    id         INTEGER PRIMARY KEY,
    scenario   TEXT NOT NULL,
    alert      INTEGER REFERENCES alert (id),
    at         INTEGER NOT NULL,
    from_phase TEXT NOT NULL,
    to_phase   TEXT NOT NULL,
    blind      INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    account    TEXT NOT NULL
, change TEXT) STRICT;
INSERT INTO "transition" VALUES(1,'kupyansk/baseline',NULL,1765596600000,'inactive','pending',0,'3 of 3 conditions hold, needed are all','{"scenario":"kupyansk/baseline","path":"baseline","title":"Ukraine keeps its tempo; Russia turns to the defensive around Kupyansk","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1765596600000,"phase":"pending","since":1765596600000,"verdict":"true","needs":"all","reason":"3 of 3 conditions hold, needed are all","clears":null,"conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"true","value":1.0094034222290735,"shown":"1.01","before":null,"bound":"at least 0.9","why":"2025-11 had 65 480 sorties, the median of the 3 months before it is 64 870 sorties","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[1,2,3,4],"evidence":[{"indicator":"kupyansk/sorties","vintage":4,"value":65480.0,"low":65480.0,"high":65480.0,"event_time":1761948000000,"recorded_at":1765596600000,"quote":"65480","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":3,"value":66310.0,"low":66310.0,"high":66310.0,"event_time":1759266000000,"recorded_at":1765596600000,"quote":"66310","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":2,"value":64870.0,"low":64870.0,"high":64870.0,"event_time":1756674000000,"recorded_at":1765596600000,"quote":"64870","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":1,"value":61240.0,"low":61240.0,"high":61240.0,"event_time":1753995600000,"recorded_at":1765596600000,"quote":"61240","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]}],"series":[["2025-08",61240.0,true],["2025-09",64870.0,true],["2025-10",66310.0,true],["2025-11",65480.0,true],["2025-12",26999.0,false]]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"days_overdue","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"at most 0","why":"due on 2026-03-31, announced","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"below 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}',NULL);
INSERT INTO "transition" VALUES(2,'kupyansk/baseline',1,1765683000000,'pending','active',0,'3 of 3 conditions hold, needed are all','{"scenario":"kupyansk/baseline","path":"baseline","title":"Ukraine keeps its tempo; Russia turns to the defensive around Kupyansk","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1765683000000,"phase":"active","since":1765683000000,"verdict":"true","needs":"all","reason":"3 of 3 conditions hold, needed are all","clears":"It resolves once fewer than 3 conditions hold for 3d.","conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"true","value":1.0094034222290735,"shown":"1.01","before":null,"bound":"at least 0.9","why":"2025-11 had 65 480 sorties, the median of the 3 months before it is 64 870 sorties","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[1,2,3,4],"evidence":[{"indicator":"kupyansk/sorties","vintage":4,"value":65480.0,"low":65480.0,"high":65480.0,"event_time":1761948000000,"recorded_at":1765596600000,"quote":"65480","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":3,"value":66310.0,"low":66310.0,"high":66310.0,"event_time":1759266000000,"recorded_at":1765596600000,"quote":"66310","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":2,"value":64870.0,"low":64870.0,"high":64870.0,"event_time":1756674000000,"recorded_at":1765596600000,"quote":"64870","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]},{"indicator":"kupyansk/sorties","vintage":1,"value":61240.0,"low":61240.0,"high":61240.0,"event_time":1753995600000,"recorded_at":1765596600000,"quote":"61240","title":null,"link":null,"source":"Unmanned forces, public counters (demonstration)","grade":"B-","flags":[]}],"series":[["2025-08",61240.0,true],["2025-09",64870.0,true],["2025-10",66310.0,true],["2025-11",65480.0,true],["2025-12",26999.0,false]]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"days_overdue","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"at most 0","why":"due on 2026-03-31, announced","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"below 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}',NULL);
INSERT INTO "transition" VALUES(3,'kupyansk/baseline',1,1795878201644,'active','active',1,'1 of 3 conditions hold, needed are all, and unknown is sorties (the newest complete period is 2025-12; later ones were not seen to their end); aid-package (due on 2026-03-31, overdue)','{"scenario":"kupyansk/baseline","path":"baseline","title":"Ukraine keeps its tempo; Russia turns to the defensive around Kupyansk","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1795878201644,"phase":"active","since":1765683000000,"verdict":"unknown","needs":"all","reason":"1 of 3 conditions hold, needed are all, and unknown is sorties (the newest complete period is 2025-12; later ones were not seen to their end); aid-package (due on 2026-03-31, overdue)","clears":"It resolves once fewer than 3 conditions hold for 3d.","conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"unknown","value":null,"shown":"unknown","before":"1.01","bound":"at least 0.9","why":"the newest complete period is 2025-12; later ones were not seen to their end","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[],"evidence":[],"series":[["2025-11",65480.0,true],["2025-12",67920.0,true],["2026-01",12.0,false],["2026-02",null,true],["2026-03",null,true],["2026-04",null,true],["2026-05",null,true],["2026-06",null,true],["2026-07",null,true],["2026-08",null,true],["2026-09",null,true],["2026-10",null,true],["2026-11",null,true]]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"days_overdue","verdict":"unknown","value":235.0,"shown":"235 days","before":"0 days","bound":"at most 0","why":"due on 2026-03-31, overdue","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"true","value":0.0,"shown":"0 days","before":null,"bound":"below 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}',NULL);
INSERT INTO "transition" VALUES(4,'kupyansk/risk',NULL,1795878201644,'inactive','inactive',1,'0 of 3 conditions hold, needed are 2 of 3, and unknown is sorties (the newest complete period is 2025-12; later ones were not seen to their end); convoys (0 reports make 0 events in the last 10d, 0 of them corroborated; only 0 % of that time was looked at, there may have been more)','{"scenario":"kupyansk/risk","path":"risk","title":"Russian counter-offensive to retake the liberated area","watch_title":"Kupyansk: front-line momentum (demonstration)","basis":"An assessment of December 2025 with a baseline and a risk scenario; here with recorded, invented reports","zone":"Europe/Kyiv","at":1795878201644,"phase":"inactive","since":1765596600000,"verdict":"unknown","needs":"2 of 3","reason":"0 of 3 conditions hold, needed are 2 of 3, and unknown is sorties (the newest complete period is 2025-12; later ones were not seen to their end); convoys (0 reports make 0 events in the last 10d, 0 of them corroborated; only 0 % of that time was looked at, there may have been more)","clears":null,"conditions":[{"indicator":"kupyansk/sorties","title":"Ukrainian artillery and drone sorties, Kharkiv sector, per month","unit":"sorties","measure":"ratio","verdict":"unknown","value":null,"shown":"unknown","before":null,"bound":"at most 0.75","why":"the newest complete period is 2025-12; later ones were not seen to their end","proxy_for":"national drone strike sorties stand in: nobody publishes sorties by sector","vintages":[],"evidence":[],"series":[["2025-11",65480.0,true],["2025-12",67920.0,true],["2026-01",12.0,false],["2026-02",null,true],["2026-03",null,true],["2026-04",null,true],["2026-05",null,true],["2026-06",null,true],["2026-07",null,true],["2026-08",null,true],["2026-09",null,true],["2026-10",null,true],["2026-11",null,true]]},{"indicator":"kupyansk/convoys","title":"Russian mechanized units and convoys near Kupyansk","unit":"","measure":"corroborated","verdict":"unknown","value":0.0,"shown":"0 events","before":null,"bound":"at least 2","why":"0 reports make 0 events in the last 10d, 0 of them corroborated; only 0 % of that time was looked at, there may have been more","proxy_for":"heat and reports; no imagery is looked at","vintages":[],"evidence":[],"series":[]},{"indicator":"kupyansk/aid-package","title":"Next NATO assistance package","unit":"","measure":"slip","verdict":"false","value":0.0,"shown":"0 days","before":null,"bound":"at least 30 days","why":"first expected by 2026-03-31, now by 2026-03-31","proxy_for":"announcements; what is announced is not yet delivered","vintages":[7,8],"evidence":[{"indicator":"kupyansk/aid-package","vintage":8,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765567800000,"recorded_at":1765596600000,"quote":"package for Ukraine The assistance package for Ukraine that allies announced, $500 million, is to be handed over by 31 March 2026.","title":"Statement on the assistance package for Ukraine","link":"https://press.example.org/briefing/2025/12/ukraine-package","source":"Presidential press room (demonstration)","grade":"A-","flags":[]},{"indicator":"kupyansk/aid-package","vintage":7,"value":500000000.0,"low":500000000.0,"high":500000000.0,"event_time":1765443600000,"recorded_at":1765596600000,"quote":"announced an assistance package for Ukraine worth $500 million. Air defence and artillery rounds are to be handed over by 31 March 2026.","title":"Allies announce the next assistance package for Ukraine","link":"https://alliance.example.org/news/2025/12/package-announced","source":"Alliance newsroom (demonstration)","grade":"A-","flags":[]}],"series":[]}]}',NULL);
CREATE INDEX poll_by_feed ON poll (feed, id);
CREATE INDEX coverage_by_feed ON coverage (feed, until);
CREATE INDEX item_by_time ON item (recorded_at);
CREATE INDEX observation_by_time ON observation (indicator, event_time);
CREATE INDEX alert_by_scenario ON alert (scenario, id);
CREATE INDEX transition_by_scenario ON transition (scenario, id);
CREATE INDEX transition_by_alert ON transition (alert);
CREATE INDEX notification_by_thread ON notification (thread, recipient, id);
CREATE INDEX note_by_target ON note (subject, target, id);
CREATE INDEX feed_health_by_feed ON feed_health (feed, at);
CREATE TRIGGER observation_is_never_changed BEFORE UPDATE ON observation
BEGIN SELECT RAISE(ABORT, 'an observation is never overwritten: a correction is a new vintage'); END;
CREATE TRIGGER observation_is_never_removed BEFORE DELETE ON observation
BEGIN SELECT RAISE(ABORT, 'an observation is never removed'); END;
CREATE TRIGGER transition_is_never_changed BEFORE UPDATE ON transition
BEGIN SELECT RAISE(ABORT, 'a transition explains itself for ever'); END;
CREATE TRIGGER transition_is_never_removed BEFORE DELETE ON transition
BEGIN SELECT RAISE(ABORT, 'a transition explains itself for ever'); END;
CREATE TRIGGER note_is_never_changed BEFORE UPDATE ON note
BEGIN SELECT RAISE(ABORT, 'a note is never overwritten: a correction is a new note'); END;
CREATE TRIGGER note_is_never_removed BEFORE DELETE ON note
BEGIN SELECT RAISE(ABORT, 'a note is never removed'); END;
CREATE INDEX notification_by_state ON notification (state, next_try, waits_for_server);
CREATE INDEX notification_by_about ON notification (about, recipient, id) WHERE about IS NOT NULL;
CREATE INDEX notification_by_fold ON notification (folded_into) WHERE folded_into IS NOT NULL;
CREATE INDEX notification_by_wait ON notification (id) WHERE waits_for_server = 1;
CREATE INDEX act_by_alert ON act (alert);
CREATE TRIGGER act_is_never_changed BEFORE UPDATE ON act
BEGIN SELECT RAISE(ABORT, 'what an analyst did is never changed: a later act replaces it'); END;
CREATE TRIGGER act_is_never_removed BEFORE DELETE ON act
BEGIN SELECT RAISE(ABORT, 'what an analyst did is never removed'); END;
CREATE INDEX rule_by_scenario ON rule (scenario, id);
CREATE INDEX probability_by_scenario ON probability (scenario, at);
CREATE INDEX observation_by_key ON observation (indicator, key, recorded_at);
CREATE INDEX observation_by_arrival ON observation (indicator, recorded_at);
COMMIT;
PRAGMA application_id=1466330226;
PRAGMA user_version=8;
