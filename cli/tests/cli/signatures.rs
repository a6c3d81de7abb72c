//! Signatures of images: asked for several at once, with the same report each time.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::Workspace;

const IMAGES: usize = 12;

#[test]
fn images_are_looked_up_several_at_once() {
    let registry = Registry::start();
    let containers: Vec<String> = (0..IMAGES)
        .map(|index| format!("{{name: c{index}, image: '{}/app{index}:1'}}", registry.address))
        .collect();
    let pod = format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: many}}, spec: {{containers: [{}]}}}}",
        containers.join(", ")
    );
    let workspace = Workspace::new(&[("pod.yaml", &pod)]);
    let scan = || workspace.run_plain("scan control C-0237 pod.yaml -v --allow-network");
    let first = scan();
    assert!(first.contains("review spec.containers[11].image"), "{first}");
    assert!(
        first.contains(&format!("{}/app11:1", registry.address)),
        "the reason is told: {first}"
    );
    let most = registry.most.load(Ordering::SeqCst);
    assert!((2..=8).contains(&most), "{most} at once");
    assert_eq!(scan(), first);
    let asked = registry.asked.load(Ordering::SeqCst);
    assert_eq!(
        asked % (2 * IMAGES),
        0,
        "{asked}: each image is looked up once a scan"
    );
}

/// A registry without images, which takes its time.
struct Registry {
    address: String,
    /// Requests that it worked on at the same time, at the most.
    most: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
}

impl Registry {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let registry = Self {
            address: listener.local_addr().expect("an address").to_string(),
            most: Arc::default(),
            asked: Arc::default(),
        };
        let (most, asked) = (Arc::clone(&registry.most), Arc::clone(&registry.asked));
        let now = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let (most, asked, now) = (Arc::clone(&most), Arc::clone(&asked), Arc::clone(&now));
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
                    // A connection that nothing is asked over does not count.
                    if lines.next().is_none_or(|line| line.is_err()) {
                        return;
                    }
                    while lines
                        .next()
                        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
                    {}
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    asked.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(100));
                    now.fetch_sub(1, Ordering::SeqCst);
                    stream
                        .write_all(
                            b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                        )
                        .expect("sent");
                });
            }
        });
        registry
    }
}
