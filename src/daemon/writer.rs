//! The one thread that owns the writing connection.

use std::panic::{AssertUnwindSafe, catch_unwind};

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
                // A defect in one job undoes that job's transaction, and ends neither the thread nor the daemon.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut store)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[tokio::test]
    async fn a_defect_in_one_job_undoes_that_job_and_ends_nothing() {
        let (writer, thread) = Writer::start(Store::in_memory().unwrap()).unwrap();
        let defect = |store: &mut Store| {
            store.write(|change| -> Result<(), StoreError> {
                change.set_fact("half", "done")?;
                panic!("a defect");
            })
        };
        assert!(writer.with(defect).await.is_err());
        assert_eq!(writer.with(|store| store.view().fact("half")).await.unwrap().unwrap(), None);
        drop(writer);
        thread.join().unwrap();
    }
}
