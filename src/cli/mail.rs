//! `mail`: a test message, samples, the outbox.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::output::{moment, time};
use super::{Context, Done, Failure};
use crate::config::Loaded;
use crate::model::notification::{Kind, Notification};
use crate::notify::{self, Mailer};
use crate::pipeline::notices;
use crate::store::Store;

/// What to do with mail.
#[derive(Debug, clap::Subcommand)]
pub enum Mail {
    /// Send a test message to everyone who is told by default, and wait for the answer
    Test,
    /// Write a sample of every kind into a folder
    Preview {
        /// The folder; made when missing
        dir: PathBuf,
    },
    /// Every message and how far it has come
    Queue,
    /// Try refused and waiting messages again: one, or all without a number
    Retry {
        /// Its number, as `mail queue` shows it
        number: Option<i64>,
    },
    /// Print one message as it is sent
    Show {
        /// Its number
        number: i64,
    },
}

/// Runs the command.
pub fn run(context: &Context, mail: &Mail) -> Done {
    let loaded = if matches!(mail, Mail::Test) { context.load_with_secrets()? } else { context.load()? };
    match mail {
        Mail::Test => test(context, &loaded),
        Mail::Preview { dir } => preview(context, &loaded, dir),
        Mail::Queue => queue(context, &loaded),
        Mail::Retry { number } => retry(context, &loaded, *number),
        Mail::Show { number } => show(context, &loaded, *number),
    }
}

fn retry(context: &Context, loaded: &Loaded, number: Option<i64>) -> Done {
    let (count, heard) = context.write(loaded, |change| Ok(change.retry(number, crate::clock::now())?))?;
    if let Some(number) = number.filter(|_| count == 0) {
        return Err(Failure::Usage(format!(
            "message {number} is neither waiting nor refused; `watchfloor mail queue` shows how far each has come"
        )));
    }
    let when = if heard { "now" } else { "within a minute by a running daemon, or by `watchfloor run --once`" };
    let messages = if count == 1 { "1 message is".to_owned() } else { format!("{count} messages are") };
    context.output.text(&format!("{messages} tried again {when}."));
    Ok(ExitCode::SUCCESS)
}

fn email(loaded: &Loaded) -> Result<&crate::config::plan::Email, Failure> {
    loaded
        .plan
        .settings
        .email
        .as_ref()
        .ok_or_else(|| Failure::Usage("there is no `[email]` in the settings: nobody is told".to_owned()))
}

/// Sends beside the outbox: the answer is wanted here and now, and a daemon may own the queue.
fn test(context: &Context, loaded: &Loaded) -> Done {
    let email = email(loaded)?;
    let mut store = Store::in_memory()?;
    let now = crate::clock::now();
    store.write(|change| notices::test(change, &loaded.plan, now))?;
    let messages = store.view().notifications()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut mailer = Mailer::new(email.sending.clone());
    let mut failed = false;
    for notification in messages {
        let message = &notification.message;
        let rendered = notify::render(message, &email.sending.sender).map_err(Failure::Usage)?;
        match runtime.block_on(mailer.send(&rendered)) {
            Ok(()) => context.output.text(&format!("taken for {} ({})", message.recipient, message.message_id)),
            Err(error) => {
                failed = true;
                eprintln!("not taken for {}: {}", message.recipient, error.message);
            }
        }
    }
    runtime.block_on(mailer.close());
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn preview(context: &Context, loaded: &Loaded, dir: &std::path::Path) -> Done {
    let email = email(loaded)?;
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let title = loaded.plan.watches.first().map_or("a watch", |watch| watch.title.as_str());
    for (word, kind) in Kind::ALL {
        let rendered = notify::render(&notify::sample(kind, title, crate::clock::now()), &email.sending.sender)
            .map_err(Failure::Usage)?;
        let path = dir.join(format!("{word}.eml"));
        std::fs::write(&path, rendered.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        context.output.text(&path.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// The members of one message's line.
pub fn members(notification: &Notification, zone: &TimeZone) -> Value {
    let message = &notification.message;
    json!({
        "watch": message.watch, "notification": notification.id, "alert": message.alert, "kind": message.kind.word(),
        "recipient": message.recipient, "message_id": message.message_id, "state": notification.state.word(),
        "attempts": notification.attempts, "next_try": time(notification.next_try, zone), "last_error": notification.last_error,
        "created": time(Some(message.created), zone), "sent": time(notification.sent, zone), "held": notification.held,
    })
}

fn queue(context: &Context, loaded: &Loaded) -> Done {
    let zone = &loaded.plan.settings.zone;
    let notifications = context.reader(loaded)?.read(|view| view.notifications())?;
    if context.output.json {
        notifications.iter().for_each(|one| context.output.line(&members(one, zone)));
        return Ok(ExitCode::SUCCESS);
    }
    let rows = notifications
        .iter()
        .map(|one| {
            let message = &one.message;
            vec![
                one.id.to_string(),
                message.kind.word().to_owned(),
                message.recipient.clone(),
                one.state.word().to_owned(),
                one.attempts.to_string(),
                moment(one.sent.or(one.next_try), zone),
                one.last_error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    context.output.table(
        &["NR", "KIND", "TO", "STATE", "TRIES", "SENT OR NEXT TRY", "LAST ERROR"],
        rows,
        "No message has been decided.",
    );
    Ok(ExitCode::SUCCESS)
}

fn show(context: &Context, loaded: &Loaded, number: i64) -> Done {
    let email = email(loaded)?;
    let found = context.reader(loaded)?.read(|view| view.notification(number))?;
    let notification = found
        .ok_or_else(|| Failure::Usage(format!("there is no message {number}; `watchfloor mail queue` names them")))?;
    let rendered = notify::render(&notification.message, &email.sending.sender).map_err(Failure::Usage)?;
    let text = String::from_utf8_lossy(&rendered.bytes).into_owned();
    if context.output.json {
        let mut line = members(&notification, &loaded.plan.settings.zone);
        line["message"] = json!(text);
        context.output.line(&line);
    } else {
        context.output.text(&text.replace("\r\n", "\n"));
    }
    Ok(ExitCode::SUCCESS)
}
