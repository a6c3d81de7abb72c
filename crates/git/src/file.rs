//! Single files over HTTP.

use std::io::Read;

use crate::error::{GitError, Result};
use crate::failure::{Cause, Place, explain};
use crate::http::{Failures, get};
use crate::location::{Provider, without_credentials};
use crate::settings::GitSettings;

/// Largest file.
const MAX_FILE: u64 = 32 << 20;

/// Gets a text by its address. No token goes along.
pub fn fetch_text(address: &str, settings: &GitSettings) -> Result<String> {
    let url = without_credentials(address);
    let cause = Cause {
        failures: Failures::default(),
        login: None,
        stall: settings.stall_timeout,
    };
    let place = Place {
        url: &url,
        provider: Provider::Other,
        is_ssh: false,
    };
    let failed = |error: &std::io::Error| explain(&place, &cause, error);
    let body = get(address, settings, &cause.failures).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    body.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(GitError::TooLarge {
            url: url.clone(),
            limit: format!("{MAX_FILE} bytes"),
        });
    }
    String::from_utf8(bytes).map_err(|_| GitError::Server {
        url: url.clone(),
        problem: "not a text file (invalid UTF-8)".to_owned(),
    })
}
