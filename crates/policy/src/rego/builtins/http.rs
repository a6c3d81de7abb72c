//! `http.send`, over whoever may make requests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use kubescape_yaml::{Limits, Profile, load_one};
use regorus::{Engine, Value};
use serde_json::{Map, Value as Json, json};

use crate::{HttpRequest, HttpRequests, HttpResponse};

/// Longest wait that holds when a policy does not say.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest wait that a policy may ask for.
const LONGEST: Duration = Duration::from_secs(30);
/// Keys of a request that change nothing here: what is asked once is not asked again in a scan.
const WITHOUT_EFFECT: [&str; 7] = [
    "cache",
    "caching_mode",
    "force_cache",
    "force_cache_duration_seconds",
    "cache_ignored_headers",
    "max_retry_attempts",
    "tls_use_system_certs",
];

pub(super) fn install(engine: &mut Engine, requests: Option<&Arc<dyn HttpRequests>>) -> Result<()> {
    let requests = requests.cloned();
    // An error, not just undefined: without the answer the rule would judge on nothing.
    let send = move |arguments: Vec<Value>| {
        let Some(requests) = &requests else {
            bail!(
                "the rule calls http.send, and the scan makes no network calls; allow them with --allow-network"
            );
        };
        let options: Json = serde_json::to_value(arguments.first().unwrap_or(&Value::Undefined))?;
        let options = options
            .as_object()
            .ok_or_else(|| anyhow!("http.send: no object"))?;
        let request = request(options)?;
        match requests.send(&request) {
            Ok(response) => Ok(Value::from(described(&response, options))),
            Err(message) if options.get("raise_error") == Some(&json!(false)) => Ok(Value::from(json!({
                "status_code": 0,
                "error": {"code": "eval_http_send_network_error", "message": message},
            }))),
            Err(message) => bail!("http.send: {message}"),
        }
    };
    engine.add_extension("http.send".to_owned(), 1, Box::new(send))
}

fn request(options: &Map<String, Json>) -> Result<HttpRequest> {
    let text = |key: &str| options.get(key).and_then(Json::as_str);
    let required = |key: &str| text(key).ok_or_else(|| anyhow!("http.send: {key} is missing"));
    let body = match (options.get("body"), text("raw_body")) {
        (_, Some(raw)) => Some(raw.to_owned()),
        (Some(body), None) => Some(body.to_string()),
        (None, None) => None,
    };
    let mut headers = BTreeMap::new();
    for (name, value) in options
        .get("headers")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        let value = value
            .as_str()
            .ok_or_else(|| anyhow!("http.send: the header {name} is no text"))?;
        headers.insert(name.clone(), value.to_owned());
    }
    let known = [
        "method",
        "url",
        "body",
        "raw_body",
        "headers",
        "timeout",
        "enable_redirect",
        "force_json_decode",
        "force_yaml_decode",
        "raise_error",
    ];
    let understood = |key: &&String| known.contains(&key.as_str()) || WITHOUT_EFFECT.contains(&key.as_str());
    if let Some(unknown) = options.keys().find(|key| !understood(key)) {
        bail!("http.send: {unknown} is not supported");
    }
    Ok(HttpRequest {
        method: required("method")?.to_uppercase(),
        url: required("url")?.to_owned(),
        headers,
        body,
        timeout: options.get("timeout").map_or(Ok(PATIENCE), timeout)?.min(LONGEST),
        redirects: options.get("enable_redirect") == Some(&json!(true)),
    })
}

/// Nanoseconds, or a text such as `10s`.
fn timeout(value: &Json) -> Result<Duration> {
    let wrong = || anyhow!("http.send: timeout is {value}, which is no time such as \"5s\"");
    match value {
        Json::Number(number) => Ok(Duration::from_nanos(number.as_u64().ok_or_else(wrong)?)),
        Json::String(text) => {
            let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
            Duration::try_from(span).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

fn described(response: &HttpResponse, options: &Map<String, Json>) -> Json {
    let on = |key: &str| options.get(key) == Some(&json!(true));
    let kinds = response.headers.get("content-type");
    let kind = kinds.and_then(|kinds| kinds.first()).map_or("", String::as_str);
    let body = if on("force_yaml_decode") || kind.contains("yaml") {
        load_one(&response.body, Profile::SigsYaml, &Limits::default())
            .ok()
            .and_then(|node| serde_json::to_value(&node).ok())
    } else if on("force_json_decode") || kind.contains("json") {
        serde_json::from_str(&response.body).ok()
    } else {
        None
    };
    json!({
        "status": response.status,
        "status_code": response.status_code,
        "headers": response.headers,
        "raw_body": response.body,
        "body": body,
    })
}
