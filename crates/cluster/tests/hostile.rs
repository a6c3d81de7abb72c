//! API servers that are slow, broken or in a bad mood: whatever they do, the scan ends, says what is missing and gives
//! the rest.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kubescape_cluster::{Cluster, ClusterError, ConnectSettings, ListSettings, Permission, Streaming};
use kubescape_model::{KindFilter, KindPattern, NamespaceFilter, ResourceFilter};

/// What the server does with a request.
enum Answer {
    Json(u16, String),
    /// With `Retry-After: 0`.
    SlowDown,
    /// Half of an answer, then the end of the connection.
    Broken,
    /// Nothing, for longer than anybody waits.
    Silence,
}

/// A server on loopback that answers by the path and by how often the path was asked for.
fn serve(answer: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (answer, asked) = (Arc::clone(&answer), Arc::clone(&asked));
            std::thread::spawn(move || connection(stream, &*answer, &asked));
        }
    });
    format!("http://{address}")
}

fn connection(mut stream: TcpStream, answer: &dyn Fn(&str, usize) -> Answer, asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        // Whatever is no GET would change the cluster.
        assert!(line.starts_with("GET "), "{line}");
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        while line.trim() != "" {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
        }
        let times = {
            let mut asked = asked.lock().unwrap();
            asked.push(path.clone());
            asked.iter().filter(|known| **known == path).count()
        };
        let (status, header, body) = match answer(&path, times) {
            Answer::Json(status, body) => (status, "", body),
            Answer::SlowDown => (429, "Retry-After: 0\r\n", "{}".to_owned()),
            Answer::Broken => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"items\":[");
                return;
            }
            Answer::Silence => {
                std::thread::sleep(Duration::from_secs(20));
                return;
            }
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{header}Content-Length: {}\r\n\r\n",
            body.len()
        );
        if stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes()))
            .is_err()
        {
            return;
        }
    }
}

/// A cluster of pods, services and secrets whose lists of pods are what the test says.
fn cluster_with(pods: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> String {
    serve(move |path, times| {
        let (resource, query) = path.split_once('?').unwrap_or((path, ""));
        match resource {
            "/version" => Answer::Json(200, r#"{"gitVersion":"v1.34.1"}"#.to_owned()),
            "/api" => Answer::Json(200, DISCOVERY.to_owned()),
            "/apis" => Answer::Json(200, r#"{"kind":"APIGroupDiscoveryList","items":[]}"#.to_owned()),
            "/api/v1/namespaces" => list(&["a", "b"], "Namespace", ""),
            "/api/v1/nodes" => list(&[], "", ""),
            "/api/v1/services" => list(&["s"], "a", ""),
            _ if resource.ends_with("/pods") => pods(&path.replace("limit=500", ""), times),
            _ => {
                let _ = query;
                Answer::Json(404, r#"{"message":"no such thing"}"#.to_owned())
            }
        }
    })
}

const DISCOVERY: &str = r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":""},"versions":[{"version":"v1","freshness":"Current","resources":[
    {"resource":"pods","responseKind":{"group":"","version":"v1","kind":"Pod"},"scope":"Namespaced","verbs":["list"]},
    {"resource":"services","responseKind":{"group":"","version":"v1","kind":"Service"},"scope":"Namespaced","verbs":["list"]},
    {"resource":"bindings","responseKind":{"group":"","version":"v1","kind":"Binding"},"scope":"Namespaced","verbs":["create"]},
    {"resource":"namespaces","responseKind":{"group":"","version":"v1","kind":"Namespace"},"scope":"Cluster","verbs":["list"]}]}]}]}"#;

/// A page of objects in a namespace (or of namespaces).
fn list(names: &[&str], namespace: &str, next: &str) -> Answer {
    let items: Vec<String> = names
        .iter()
        .map(|name| match namespace {
            "Namespace" => format!(r#"{{"metadata":{{"name":"{name}"}}}}"#),
            namespace => format!(r#"{{"metadata":{{"name":"{name}","namespace":"{namespace}"}}}}"#),
        })
        .collect();
    Answer::Json(
        200,
        format!(
            r#"{{"metadata":{{"continue":"{next}"}},"items":[{}]}}"#,
            items.join(",")
        ),
    )
}

fn connect(server: &str) -> Result<Cluster, ClusterError> {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    let text = format!(
        r#"{{"current-context":"c","clusters":[{{"name":"c","cluster":{{"server":"{server}"}}}}],"users":[{{"name":"u","user":{{"token":"t"}}}}],"contexts":[{{"name":"c","context":{{"cluster":"c","user":"u"}}}}]}}"#
    );
    std::fs::write(&kubeconfig, text).unwrap();
    Cluster::connect(&ConnectSettings {
        kubeconfig: Some(kubeconfig),
        context: None,
        timeout: Duration::from_millis(700),
    })
}

fn settings(kinds: &[&str], streaming: Streaming) -> ListSettings {
    let wanted = kinds
        .iter()
        .map(|kind| KindPattern {
            group: String::new(),
            version: "v1".to_owned(),
            kind: (*kind).to_owned(),
        })
        .collect();
    ListSettings {
        filter: ResourceFilter {
            wanted,
            kinds: KindFilter::default(),
            namespaces: NamespaceFilter::default(),
        },
        streaming,
        batch_objects: 1,
        ..ListSettings::default()
    }
}

/// Names of what was listed, in order, and what was not listed with the reason.
#[track_caller]
fn check(server: &str, streaming: Streaming, objects: &[&str], missing: &[(&str, &str)]) {
    let cluster = connect(server).unwrap();
    let mut listed = cluster
        .objects(&settings(&["Pod", "Service", "Namespace"], streaming))
        .unwrap();
    let mut resources = listed.everything().unwrap_or_default();
    resources.extend(listed.residents());
    while let Some(batch) = listed.next_batch() {
        resources.extend(batch.resources);
    }
    let mut names: Vec<String> = resources
        .iter()
        .map(|resource| format!("{} {}", resource.kind.kind, resource.name))
        .collect();
    names.sort();
    assert_eq!(names, objects);
    let failures = listed.failures();
    let found: Vec<(&str, bool)> = failures
        .iter()
        .zip(missing)
        .map(|(failure, (_, error))| (failure.resource.as_str(), failure.error.contains(error)))
        .collect();
    let expected: Vec<(&str, bool)> = missing.iter().map(|(resource, _)| (*resource, true)).collect();
    assert_eq!(found, expected, "{failures:?}");
    assert_eq!(failures.len(), missing.len(), "{failures:?}");
}

const ALL: [&str; 5] = ["Namespace a", "Namespace b", "Pod p", "Pod q", "Service s"];
const WITHOUT_PODS: [&str; 3] = ["Namespace a", "Namespace b", "Service s"];

/// Two pages of pods.
fn two_pages(path: &str) -> Answer {
    match path.contains("continue=") {
        true => list(&["q"], "a", ""),
        false => list(&["p"], "a", "more"),
    }
}

#[test]
fn pages() {
    check(
        &cluster_with(|path, _| two_pages(path)),
        Streaming::Never,
        &ALL,
        &[],
    );
}

#[test]
fn namespace_by_namespace() {
    let server = cluster_with(|path, _| match path.split('?').next() {
        Some("/api/v1/pods") => list(&["p"], "a", "more"),
        Some("/api/v1/namespaces/a/pods") => two_pages(path),
        _ => list(&[], "b", ""),
    });
    check(&server, Streaming::Always, &ALL, &[]);
}

#[test]
fn expired_tokens_start_the_list_anew() {
    let server = cluster_with(|path, times| match (path.contains("continue="), times) {
        (true, 1) => Answer::Json(410, r#"{"message":"too old"}"#.to_owned()),
        _ => two_pages(path),
    });
    check(&server, Streaming::Never, &ALL, &[]);
    let always = cluster_with(|path, _| match path.contains("continue=") {
        true => Answer::Json(410, r#"{"message":"too old"}"#.to_owned()),
        false => list(&["p"], "a", "more"),
    });
    check(
        &always,
        Streaming::Never,
        &WITHOUT_PODS,
        &[("/v1/pods", "too often")],
    );
}

#[test]
fn passing_faults_are_tried_again() {
    for fault in [
        || Answer::SlowDown,
        || Answer::Broken,
        || Answer::Json(500, "oops".to_owned()),
    ] {
        let server = cluster_with(move |path, times| match times {
            1 => fault(),
            _ => two_pages(path),
        });
        check(&server, Streaming::Never, &ALL, &[]);
    }
}

#[test]
fn lasting_faults_cost_their_kind_only() {
    type Fault = fn() -> Answer;
    let faults: [(Fault, &str); 6] = [
        (
            || Answer::Json(500, r#"{"message":"etcd is away"}"#.to_owned()),
            "500: etcd is away",
        ),
        (|| Answer::Broken, "broke off"),
        (|| Answer::SlowDown, "429"),
        (
            || Answer::Json(403, r#"{"message":"pods is forbidden"}"#.to_owned()),
            "pods is forbidden",
        ),
        (|| Answer::Json(200, "{".to_owned()), "cannot be understood"),
        (|| Answer::Silence, "no answer within"),
    ];
    for (fault, error) in faults {
        let server = cluster_with(move |_, _| fault());
        check(&server, Streaming::Never, &WITHOUT_PODS, &[("/v1/pods", error)]);
    }
}

#[test]
fn a_list_that_breaks_off_half_way_is_not_half_a_list() {
    let server = cluster_with(|path, _| match path.contains("continue=") {
        true => Answer::Broken,
        false => list(&["p"], "a", "more"),
    });
    check(
        &server,
        Streaming::Never,
        &WITHOUT_PODS,
        &[("/v1/pods", "broke off")],
    );
}

#[test]
fn one_namespace_may_be_closed() {
    let server = cluster_with(|path, _| match path.split('?').next() {
        Some("/api/v1/pods") => list(&["p"], "a", "more"),
        Some("/api/v1/namespaces/b/pods") => Answer::Json(403, r#"{"message":"not here"}"#.to_owned()),
        _ => two_pages(path),
    });
    check(&server, Streaming::Always, &ALL, &[("/v1/pods", "not here")]);
}

#[test]
fn groups_that_do_not_answer_are_told() {
    let server = serve(|path, _| {
        match path.split('?').next().unwrap_or_default() {
        "/version" => Answer::Json(200, "{}".to_owned()),
        // A server from before discovery at once.
        "/api" => Answer::Json(200, r#"{"kind":"APIVersions","versions":["v1"]}"#.to_owned()),
        "/apis" => Answer::Json(
            200,
            r#"{"kind":"APIGroupList","groups":[{"name":"","versions":[]},{"name":"x.io","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}]}"#.to_owned(),
        ),
        "/api/v1" => Answer::Json(
            200,
            r#"{"resources":[{"name":"services","kind":"Service","namespaced":true,"verbs":["list"]},{"name":"services/status","kind":"Service","namespaced":true,"verbs":["get"]}]}"#.to_owned(),
        ),
        "/api/v1/services" => list(&["s"], "a", ""),
        _ => Answer::Json(503, r#"{"message":"service unavailable"}"#.to_owned()),
    }
    });
    let cluster = connect(&server).unwrap();
    let mut wanted = settings(&["Service"], Streaming::Never);
    wanted.filter.wanted.push(KindPattern {
        group: "x.io".to_owned(),
        version: "*".to_owned(),
        kind: "Thing".to_owned(),
    });
    let listed = cluster.objects(&wanted).unwrap();
    let failures = listed.failures();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0].resource, "discovery:x.io/v1");
    assert!(failures[0].is_asked_by(&wanted.filter.wanted[1]));
}

#[test]
fn servers_that_cannot_be_used_at_all() {
    type Fault = fn() -> Answer;
    let faults: [(Fault, &str); 3] = [
        (
            || Answer::Json(401, r#"{"message":"Unauthorized"}"#.to_owned()),
            "(401)",
        ),
        (|| Answer::Silence, "no answer within"),
        (|| Answer::Json(200, "<html>".to_owned()), "cannot be understood"),
    ];
    for (fault, message) in faults {
        let error = connect(&serve(move |_, _| fault())).unwrap_err();
        assert!(
            format!("{error}").contains("cannot read the cluster at http://127.0.0.1"),
            "{error}"
        );
        assert!(format!("{error}").contains(message), "{error}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = connect(&format!("http://{closed}")).unwrap_err().to_string();
    assert!(error.contains("refused"), "{error}");
}

#[test]
fn nothing_listed_is_an_error() {
    let server = serve(|path, _| match path {
        "/version" => Answer::Json(200, "{}".to_owned()),
        "/api" => Answer::Json(200, DISCOVERY.to_owned()),
        "/apis" => Answer::Json(200, r#"{"kind":"APIGroupDiscoveryList"}"#.to_owned()),
        _ => Answer::Json(403, r#"{"message":"you may not"}"#.to_owned()),
    });
    let cluster = connect(&server).unwrap();
    let error = cluster
        .objects(&settings(&["Pod"], Streaming::Never))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("nothing of the cluster") && error.contains("you may not"),
        "{error}"
    );
    let accesses = cluster.preflight(&settings(&["Pod"], Streaming::Never)).unwrap();
    assert_eq!(accesses.len(), 1);
    assert_eq!(
        accesses[0].permission,
        Permission::Denied("you may not".to_owned())
    );
}
