//! The commands: one file each, one row each here. They print; the library does not.

mod alert;
mod author;
mod backtest;
mod backup;
mod bounds;
mod check;
mod cron;
mod detect;
mod event;
mod export;
mod extract;
mod feed;
mod hand;
mod indicator;
mod init;
mod log;
mod mail;
mod online;
mod output;
mod run;
mod scenario;
mod schedule;
mod schema;
mod status;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::tz::TimeZone;

use self::output::Output;
use crate::config::{self, Loaded, SystemEnvironment, WithoutSecrets};
use crate::daemon;
use crate::model::name::Name;
use crate::settings::Problems;
use crate::store::{Change, Reader, Store, StoreError};

/// Watches sources for the indicators of an assessment and mails when a baseline or risk scenario is triggered.
#[derive(Debug, Parser)]
#[command(name = "watchfloor", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// The daemon's settings
    #[arg(long, global = true, value_name = "PATH", default_value = config::DEFAULT_PATH)]
    config: PathBuf,
    /// Print JSON lines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// Every command; each row is a file of this folder.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon; or once, or over recorded feeds
    Run(run::Args),
    /// Check the configuration, and render every kind of message
    Check(check::Args),
    /// Write a commented starter configuration
    Init(init::Args),
    /// Print the JSON Schemas of the configuration, for editors
    Schema(schema::Args),
    /// Feeds: how they stand, what they bring
    #[command(subcommand)]
    Feed(feed::Feed),
    /// Events: reports of one happening, and how many origins they have
    #[command(subcommand)]
    Event(event::Event),
    /// Try one extractor on one document: what it finds, where, and why not
    Extract(extract::Args),
    /// Indicators: their readings
    #[command(subcommand)]
    Indicator(indicator::Indicator),
    /// Scenarios: where they stand and why
    #[command(subcommand)]
    Scenario(scenario::Scenario),
    /// Alerts: what was sent and why
    #[command(subcommand)]
    Alert(alert::Alert),
    /// Mail: a test message, the outbox
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Judge the past by a rule: what would have been sent when
    Backtest(backtest::Args),
    /// Run scenario tests
    Test(trial::Args),
    /// Copy the live store to a file, and check the copy
    Backup(backup::Args),
    /// Everything on one screen
    Status(status::Args),
    /// The next times of a cron expression
    Cron(cron::Args),
    /// One detector over a series in a CSV file
    Detect(detect::Args),
    /// Print a shell's completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands
    Man {
        /// Write one page a command into this folder, which has to be there
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// Why a command ended without an answer.
#[derive(Debug)]
enum Failure {
    /// The user's own input is wrong: exit 2.
    Usage(String),
    /// The configuration has errors: exit 2.
    Configuration(Problems),
    /// It failed while running: exit 1.
    Running(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Running(error.into())
    }
}

type Done = Result<ExitCode, Failure>;

/// What every command is given.
struct Context {
    config: PathBuf,
    output: Output,
}

impl Context {
    /// The configuration for what needs no secret, its warnings passed over: `check` shows them.
    fn load(&self) -> Result<Loaded, Failure> {
        config::load(&self.config, &WithoutSecrets).map_err(Failure::Configuration)
    }

    /// The configuration for what fetches or sends.
    fn load_with_secrets(&self) -> Result<Loaded, Failure> {
        config::load(&self.config, &SystemEnvironment).map_err(Failure::Configuration)
    }

    /// One short transaction beside a running daemon, which is nudged to look. Gives what the work gives, and whether a
    /// daemon has heard.
    fn write<T>(
        &self,
        loaded: &Loaded,
        work: impl FnOnce(&Change<'_>) -> Result<T, Failure>,
    ) -> Result<(T, bool), Failure> {
        let path = &loaded.plan.settings.store;
        let mut store = Store::join(path).map_err(|error| about_file(path, error))?;
        let done = store.write(work)?;
        Ok((done, daemon::nudge(&store)?))
    }

    fn reader(&self, loaded: &Loaded) -> Result<Reader, anyhow::Error> {
        let path = &loaded.plan.settings.store;
        Reader::open(path).map_err(|error| about_file(path, error))
    }

    /// The store for one short transaction beside a running daemon; made, or brought up to date, where none runs.
    fn writer(&self, loaded: &Loaded) -> Result<Store, anyhow::Error> {
        let path = &loaded.plan.settings.store;
        let opened = match Store::join(path) {
            Err(StoreError::Absent(_) | StoreError::Older(_)) => Store::open(path),
            joined => joined,
        };
        opened.map_err(|error| about_file(path, error))
    }
}

/// What is wrong with the store, with the file's name where the sentence lacks it.
fn about_file(path: &Path, error: StoreError) -> anyhow::Error {
    if error.names_its_file() { error.into() } else { anyhow::Error::new(error).context(path.display().to_string()) }
}

/// The one thing that a user's word means, among all that it may.
fn the_one<T: Copy>(
    noun: &str,
    word: &str,
    all: impl Iterator<Item = T>,
    name: impl Fn(&T) -> &Name,
) -> Result<T, Failure> {
    let found: Vec<T> = all.filter(|one| name(one).answers_to(word)).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::Usage(format!("there is no {noun} `{word}`; `watchfloor {noun} list` names them"))),
        many => {
            let names: Vec<String> = many.iter().map(|one| name(one).to_string()).collect();
            Err(Failure::Usage(format!("`{word}` is more than one {noun}: {}", names.join(", "))))
        }
    }
}

/// The time zone that a user names.
fn zone(name: &str) -> Result<TimeZone, Failure> {
    TimeZone::get(name).map_err(|_| Failure::Usage(format!("`{name}` is no zone of this machine's tzdata")))
}

/// Runs a parsed command line to its exit status: 0 done, 1 it failed while running, 2 wrong usage or configuration.
pub fn run(cli: Cli) -> ExitCode {
    let context = Context { config: cli.config, output: Output { json: cli.json } };
    let done = match cli.command {
        Command::Run(args) => run::run(&context, &args),
        Command::Check(args) => check::run(&context, &args),
        Command::Init(args) => init::run(&context, &args),
        Command::Schema(args) => schema::run(&context, &args),
        Command::Feed(feed) => feed::run(&context, &feed),
        Command::Event(event) => event::run(&context, &event),
        Command::Extract(args) => extract::run(&context, &args),
        Command::Indicator(indicator) => indicator::run(&context, &indicator),
        Command::Scenario(scenario) => scenario::run(&context, &scenario),
        Command::Alert(alert) => alert::run(&context, &alert),
        Command::Mail(mail) => mail::run(&context, &mail),
        Command::Backtest(args) => backtest::run(&context, &args),
        Command::Test(args) => trial::run(&context, &args),
        Command::Backup(args) => backup::run(&context, &args),
        Command::Status(args) => status::run(&context, &args),
        Command::Cron(args) => cron::run(&context, &args),
        Command::Detect(args) => detect::run(&context, &args),
        Command::Completions { shell } => output::completions(shell),
        Command::Man { dir } => output::manual(dir.as_deref()),
    };
    match done {
        Ok(code) => code,
        Err(failure) => report(&failure),
    }
}

fn report(failure: &Failure) -> ExitCode {
    match failure {
        Failure::Usage(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
        Failure::Configuration(problems) => {
            eprint!("{}", problems.print(output::is_terminal()));
            ExitCode::from(2)
        }
        Failure::Running(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
