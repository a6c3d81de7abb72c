//! Paged lists.

use kubescape_model::GroupVersionKind;
use kubescape_yaml::{Limits, Node, Value, load_json};

use crate::RequestError;
use crate::discovery::Served;
use crate::objects::clean;
use crate::request::Requests;

/// Objects of a page.
pub(crate) const PAGE: usize = 500;
/// Bytes of a page. A larger one is asked for again in smaller pieces.
const PAGE_BYTES: usize = 48 << 20;
/// How often a list whose continue token expired begins anew.
const RESTARTS: usize = 3;

/// What a list is about.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) served: &'a Served,
    /// `None`: the whole cluster.
    pub(crate) namespace: Option<&'a str>,
    /// Label selector, as the user wrote it; empty: none.
    pub(crate) labels: &'a str,
}

/// The start of a list.
pub(crate) struct Page {
    pub(crate) objects: Vec<Node>,
    /// Token of the next page; empty: this was the last.
    next: String,
    /// Objects behind this page, as far as the server says.
    pub(crate) remaining: usize,
}

impl Page {
    pub(crate) fn is_last(&self) -> bool {
        self.next.is_empty()
    }
}

/// The first page of a list, of at most `size` objects.
pub(crate) async fn first_page(
    requests: &Requests,
    query: Query<'_>,
    mut size: usize,
) -> Result<Page, RequestError> {
    page(requests, query, "", &mut size).await
}

/// The whole list. A list whose token expires under way begins anew, so that it is whole and no object is there twice.
pub(crate) async fn list(requests: &Requests, query: Query<'_>) -> Result<Vec<Node>, RequestError> {
    let mut size = PAGE;
    for _ in 0..RESTARTS {
        let mut objects = Vec::new();
        let mut token = String::new();
        loop {
            match page(requests, query, &token, &mut size).await {
                Ok(page) => {
                    objects.extend(page.objects);
                    token = page.next;
                }
                Err(RequestError::Expired) => break,
                Err(error) => return Err(error),
            }
            if token.is_empty() {
                return Ok(objects);
            }
        }
    }
    Err(RequestError::Expired)
}

/// A page. `size` shrinks when the objects are large, for the following pages too.
async fn page(
    requests: &Requests,
    query: Query<'_>,
    token: &str,
    size: &mut usize,
) -> Result<Page, RequestError> {
    loop {
        let path = path(query, token, *size);
        match requests.get(&path, "application/json", PAGE_BYTES).await {
            Err(RequestError::TooLarge(_)) if *size > 1 => *size /= 8,
            Err(error) => return Err(error),
            Ok(text) => return read(&text, &query.served.kind),
        }
        *size = (*size).max(1);
    }
}

fn path(query: Query<'_>, token: &str, size: usize) -> String {
    let mut path = format!("{}?limit={size}", query.served.path(query.namespace));
    for (name, value) in [("labelSelector", query.labels), ("continue", token)] {
        if !value.is_empty() {
            path.push_str(&format!("&{name}={}", escape(value)));
        }
    }
    path
}

/// Percent-encoding of a query's value (RFC 3986, section 2.3: unreserved characters stay).
fn escape(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn read(text: &str, kind: &GroupVersionKind) -> Result<Page, RequestError> {
    let limits = Limits {
        file_bytes: PAGE_BYTES,
        ..Limits::default()
    };
    let mut root = load_json(text, &limits).map_err(|error| RequestError::Malformed(error.to_string()))?;
    let text_at = |path: &str| {
        root.at(path)
            .and_then(Node::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let next = text_at("metadata.continue");
    let remaining = root
        .at("metadata.remainingItemCount")
        .and_then(Node::as_i64)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(0);
    let items = root.as_mapping_mut().and_then(|list| list.remove("items"));
    let objects = match items.map(|items| items.value) {
        Some(Value::Sequence(items)) => items.into_iter().map(|item| clean(item, kind)).collect(),
        Some(Value::Null) => Vec::new(),
        _ => return Err(RequestError::Malformed("it is no list".to_owned())),
    };
    Ok(Page {
        objects,
        next,
        remaining,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let served = Served {
            kind: GroupVersionKind::new("apps/v1", "Deployment"),
            plural: "deployments".to_owned(),
            namespaced: true,
        };
        let query = Query {
            served: &served,
            namespace: Some("shop"),
            labels: "app in (web, api)",
        };
        assert_eq!(
            path(query, "a=b", 500),
            "/apis/apps/v1/namespaces/shop/deployments?limit=500&labelSelector=app%20in%20%28web%2C%20api%29&continue=a%3Db"
        );
    }

    #[test]
    fn pages() {
        let kind = GroupVersionKind::new("v1", "Pod");
        let page = read(
            r#"{"metadata":{"continue":"x","remainingItemCount":7},"items":[{"metadata":{"name":"a","managedFields":[1]}}]}"#,
            &kind,
        )
        .unwrap();
        assert_eq!((page.is_last(), page.remaining), (false, 7));
        let names: Vec<_> = page
            .objects
            .iter()
            .map(|object| {
                (
                    object.at("kind").and_then(Node::as_str),
                    object.at("metadata.managedFields"),
                )
            })
            .collect();
        assert_eq!(names, [(Some("Pod"), None)]);
        assert!(read("{}", &kind).is_err());
        assert!(read("{", &kind).is_err());
    }
}
