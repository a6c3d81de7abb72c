//! Running a provider's program, for a bounded time.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time that a program gets.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes of an answer.
const ANSWER_BYTES: u64 = 16 << 20;

/// The standard output of a command line, or why there is none.
pub fn run_program(command: &super::CommandLine) -> Result<String, String> {
    run_within(command, PATIENCE)
}

fn run_within(command: &super::CommandLine, patience: Duration) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("there is nothing to run")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("{program} is not installed"),
            _ => error.to_string(),
        })?;
    let (output, problems) = (child.stdout.take(), child.stderr.take());
    let output = std::thread::spawn(move || read(output));
    let problems = std::thread::spawn(move || read(problems));
    let until = Instant::now() + patience;
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if Instant::now() >= until => {
                // It may have ended meanwhile; either way it is over.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer within {} s", patience.as_secs_f32()));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let output = output.join().unwrap_or_default();
    if status.success() {
        return Ok(output);
    }
    let problems = problems.join().unwrap_or_default();
    let last = problems
        .trim()
        .lines()
        .last()
        .unwrap_or("it failed without a word");
    Err(last.to_owned())
}

fn read(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What could be read until a failure is shown; a broken answer is no JSON and told as such.
        let _ = pipe.take(ANSWER_BYTES).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: Result<&str, &str>) {
        let command = ["sh", "-c", script].map(ToOwned::to_owned).to_vec();
        let answer = run_within(&command, Duration::from_millis(300));
        assert_eq!(answer.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn answers() {
        check("printf answer", Ok("answer"));
        check(
            "echo one >&2; echo 'no credentials' >&2; exit 3",
            Err("no credentials"),
        );
        check("exit 1", Err("it failed without a word"));
        check("exec sleep 5", Err("no answer within 0.3 s"));
        let missing = vec!["no-such-program-anywhere".to_owned()];
        assert_eq!(
            run_program(&missing),
            Err("no-such-program-anywhere is not installed".to_owned())
        );
    }
}
