//! What could not be listed.

use std::sync::{Mutex, PoisonError};

use kubescape_model::MissingKind;

use crate::RequestError;
use crate::discovery::Served;

/// What was listed and what was not.
#[derive(Debug)]
pub(crate) struct Journal {
    failures: Mutex<Vec<MissingKind>>,
}

impl Journal {
    /// With what is known to be missing already.
    pub(crate) fn new(failures: Vec<MissingKind>) -> Self {
        Self {
            failures: Mutex::new(failures),
        }
    }

    /// The objects of an answer. A kind that has gone meanwhile has no objects; any other failure is noted.
    pub(crate) fn note<T: Default>(
        &self,
        served: &Served,
        namespace: Option<&str>,
        answer: Result<T, RequestError>,
    ) -> T {
        match answer {
            Ok(objects) => objects,
            Err(RequestError::NotFound(_)) => T::default(),
            Err(error) => {
                self.add(MissingKind {
                    resource: served.name(),
                    kind: served.kind.clone(),
                    namespace: namespace.map(ToOwned::to_owned),
                    error: error.to_string(),
                });
                T::default()
            }
        }
    }

    pub(crate) fn add(&self, failure: MissingKind) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(failure);
    }

    pub(crate) fn failures(&self) -> Vec<MissingKind> {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
