//! `git http-backend` behind a small HTTP server on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// What the server does beside serving.
#[derive(Clone, Debug, Default)]
pub(crate) struct Behaviour {
    /// The value of `Authorization` that it wants.
    pub(crate) authorization: Option<String>,
    /// Speaks the protocol of old only.
    pub(crate) old: bool,
    /// Requests whose path ends so are never answered to the end.
    pub(crate) silent_at: Option<&'static str>,
    /// Answers everything with this status.
    pub(crate) status: Option<u16>,
    /// Sends requests below this first part of the path to the same without it.
    pub(crate) moved: Option<&'static str>,
    /// Settings of the repository: `uploadpack.allowFilter=true`.
    pub(crate) settings: Vec<&'static str>,
}

/// A server; its thread ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
}

impl Server {
    /// Serves the repositories below a folder.
    pub(crate) fn start(root: &Path, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let root = Arc::new(root.to_owned());
        let behaviour = Arc::new(behaviour);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (root, behaviour) = (Arc::clone(&root), Arc::clone(&behaviour));
                std::thread::spawn(move || {
                    let _ = serve(stream, &root, &behaviour);
                });
            }
        });
        Self { port }
    }

    /// The address of a path on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

/// A request, read to its end.
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> std::io::Result<Self> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut parts = line.split_whitespace().map(ToOwned::to_owned);
        let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let mut headers: Vec<(String, String)> = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Self {
            method,
            target,
            headers,
            body: Vec::new(),
        };
        let length = request
            .header("content-length")
            .and_then(|length| length.parse().ok());
        request.body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut request.body)?;
        Ok(request)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

fn serve(mut stream: TcpStream, root: &PathBuf, behaviour: &Behaviour) -> std::io::Result<()> {
    let request = Request::read(&stream)?;
    let header = |name: &str| request.header(name);
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let simple = |stream: &mut TcpStream, status: u16, more: &str| {
        write!(
            stream,
            "HTTP/1.1 {status} No\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
    };
    if let Some(status) = behaviour.status {
        return simple(&mut stream, status, "");
    }
    if let Some(rest) = behaviour.moved.and_then(|moved| path.strip_prefix(moved)) {
        return simple(&mut stream, 301, &format!("Location: {rest}?{query}\r\n"));
    }
    if let Some(wanted) = &behaviour.authorization
        && header("authorization") != Some(wanted)
    {
        return simple(&mut stream, 401, "WWW-Authenticate: Basic realm=\"git\"\r\n");
    }
    let mut command = Command::new("git");
    for setting in &behaviour.settings {
        command.args(["-c", setting]);
    }
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", header("content-type").unwrap_or_default())
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(protocol) = header("git-protocol").filter(|_| !behaviour.old) {
        command.env("GIT_PROTOCOL", protocol);
    }
    let mut child = command.spawn()?;
    let body = request.body.clone();
    let mut input = child.stdin.take().expect("a pipe");
    std::thread::spawn(move || {
        let _ = input.write_all(&body);
    });
    let output = child.wait_with_output()?.stdout;
    let end = output
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or(output.len());
    let (head, answer) = (
        String::from_utf8_lossy(&output[..end]).into_owned(),
        output.get(end + 4..).unwrap_or_default(),
    );
    let status = head
        .lines()
        .find_map(|line| line.strip_prefix("Status: "))
        .unwrap_or("200 OK")
        .to_owned();
    let rest: String = head
        .lines()
        .filter(|line| !line.starts_with("Status:"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{rest}Content-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    )?;
    if behaviour.silent_at.is_some_and(|end| path.ends_with(end)) {
        stream.write_all(&answer[..answer.len() / 2])?;
        stream.flush()?;
        std::thread::sleep(Duration::from_mins(1));
        return Ok(());
    }
    stream.write_all(answer)
}
