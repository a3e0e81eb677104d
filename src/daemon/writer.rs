//! The one thread that owns the writing connection.

use tokio::sync::{mpsc, oneshot};

use crate::store::Store;

type Job = Box<dyn FnOnce(&mut Store) + Send>;

/// Jobs that may wait for the store.
const QUEUE: usize = 256;

/// A handle to the thread that owns the store. The thread ends when the last handle is dropped and its jobs are done.
#[derive(Debug, Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the thread. Joining it waits for the last commit.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut store: Store) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (jobs, mut waiting) = mpsc::channel::<Job>(QUEUE);
        let work = move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut store);
            }
        };
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(work)?;
        Ok((Self { jobs }, thread))
    }

    /// Runs a job on the store's thread and gives what it gives.
    ///
    /// # Errors
    /// When the thread is gone, which only a defect can bring about.
    pub async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let (give, take) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            // Nobody waits any more when the caller was cancelled; what was done is committed all the same.
            let _ = give.send(job(store));
        });
        self.jobs.send(job).await.map_err(|_| anyhow::anyhow!("the store's thread has ended"))?;
        take.await.map_err(|_| anyhow::anyhow!("the store's thread gave up a job; the log before this line says why"))
    }
}
