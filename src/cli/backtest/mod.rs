//! `backtest`: what would have been sent when.

mod drawing;
mod lines;
mod past;
mod progress;
mod report;
mod series;

use std::path::PathBuf;

use super::{Context, Done};

/// What to replay: watches over their history, or one bound over a series.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A CSV file of `t,value` rows that one bound judges, as if polled at those times; `-` for standard input
    #[arg(long, value_name = "FILE", requires = "bound")]
    series: Option<PathBuf>,
    #[command(flatten)]
    bound: series::Bound,
    #[command(flatten)]
    stretch: past::Stretch,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    match &args.series {
        Some(file) => series::run(context, file, &args.bound),
        None => past::run(context, &args.stretch),
    }
}
