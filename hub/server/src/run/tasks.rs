// SPDX-License-Identifier: EUPL-1.2
//! The process's tasks: a task that ends without having been asked to ends the process.

use std::future::Future;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How a task ended.
#[derive(Debug)]
struct End {
    name: String,
    result: anyhow::Result<()>,
    asked: bool,
}

/// A group of tasks that is stopped together.
#[derive(Debug)]
pub(crate) struct Tasks {
    running: JoinSet<End>,
    stop: CancellationToken,
}

impl Tasks {
    /// No tasks yet; `stop` is the token that stops the group.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            running: JoinSet::new(),
            stop,
        }
    }

    /// The token that stops the group.
    pub(crate) fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts a task that ends when the group stops.
    pub(crate) fn start<F, W>(&mut self, name: &str, work: W)
    where
        W: FnOnce(CancellationToken) -> F,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.start_until(name, self.stop.child_token(), work);
    }

    /// Starts a task that ends when the group stops or `stop`, a child of the group's token, is cancelled.
    pub(crate) fn start_until<F, W>(&mut self, name: &str, stop: CancellationToken, work: W)
    where
        W: FnOnce(CancellationToken) -> F,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let name = name.to_owned();
        let work = work(stop.clone());
        self.running.spawn(async move {
            let result = work.await;
            End {
                name,
                result,
                asked: stop.is_cancelled(),
            }
        });
    }

    /// Waits until a task ends that nobody asked to end, and says which and why. Never ends otherwise.
    pub(crate) async fn fallen(&mut self) -> String {
        loop {
            match self.running.join_next().await {
                Some(Ok(end)) if end.asked && end.result.is_ok() => {}
                Some(Ok(end)) => return end.describe(),
                Some(Err(fault)) => return fault.to_string(),
                None => std::future::pending().await,
            }
        }
    }

    /// Stops the group and waits until all of it has ended.
    pub(crate) async fn stop(&mut self) {
        self.stop.cancel();
        while let Some(end) = self.running.join_next().await {
            match end {
                Ok(end) if end.result.is_err() => tracing::warn!("{}", end.describe()),
                _ => {}
            }
        }
    }
}

impl End {
    fn describe(&self) -> String {
        match &self.result {
            Ok(()) => format!("{} ended by itself", self.name),
            Err(fault) => format!("{}: {fault:#}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_was_asked_to_end_is_no_fault_and_one_that_was_not_is() {
        let mut tasks = Tasks::new(CancellationToken::new());
        let asked = tasks.token().child_token();
        tasks.start_until("asked", asked.clone(), |stop| async move {
            stop.cancelled().await;
            Ok(())
        });
        asked.cancel();
        let none = tokio::time::timeout(std::time::Duration::from_millis(50), tasks.fallen()).await;
        assert!(none.is_err());
        tasks.start("short", |_stop| async { Ok(()) });
        assert_eq!(tasks.fallen().await, "short ended by itself");
        tasks.start("broken", |_stop| async { anyhow::bail!("no room") });
        assert_eq!(tasks.fallen().await, "broken: no room");
    }

    #[tokio::test]
    async fn stopping_waits_for_all() {
        let mut tasks = Tasks::new(CancellationToken::new());
        let (done, mut seen) = tokio::sync::mpsc::channel(2);
        for _ in 0..2 {
            let done = done.clone();
            tasks.start("t", |stop| async move {
                stop.cancelled().await;
                done.send(()).await?;
                Ok(())
            });
        }
        tasks.stop().await;
        assert_eq!((seen.try_recv(), seen.try_recv()), (Ok(()), Ok(())));
    }
}
