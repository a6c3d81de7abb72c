//! URLs.

use super::arguments::{Result, map, text};
use crate::functions::{Functions, Param};
use crate::{CallError, Map, Value};

pub(super) fn register(functions: &mut Functions) {
    functions.add("urlParse", &[Param::String], |a| parse(&text(a, 0)));
    functions.add("urlJoin", &[Param::Map], |a| join(&map(a, 0)));
    // Names are never looked up: rendering does not touch the network.
    functions.add("getHostByName", &[Param::String], |_| Ok("".into()));
}

/// The parts of a URL as Go's `net/url` names them.
fn parse(url: &str) -> Result {
    let bad = |reason: &str| {
        Err(CallError::new(format!(
            "unable to parse url: parse {}: {reason}",
            crate::format::quote(url.as_bytes(), false)
        )))
    };
    if url.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return bad("net/url: invalid control character in URL");
    }
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (scheme, rest) = match split_scheme(rest) {
        Ok(parts) => parts,
        Err(reason) => return bad(reason),
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut opaque = "";
    let mut host = "";
    let mut user = String::new();
    let mut path = rest;
    if !rest.starts_with('/') && !scheme.is_empty() {
        opaque = rest;
        path = "";
    } else if !rest.starts_with('/') && rest.split('/').next().is_some_and(|first| first.contains(':')) {
        return bad("first path segment in URL cannot contain colon");
    } else if let Some(after) = rest.strip_prefix("//") {
        let end = after.find('/').unwrap_or(after.len());
        let (authority, after) = after.split_at(end);
        path = after;
        host = authority;
        if let Some((info, at)) = authority.rsplit_once('@') {
            info.clone_into(&mut user);
            host = at;
        }
        let port = host
            .rsplit_once(':')
            .filter(|(before, _)| !before.starts_with('[') || before.ends_with(']'));
        if let Some((_, port)) = port
            && !port.bytes().all(|byte| byte.is_ascii_digit())
        {
            return bad(&format!(
                "invalid port {} after host",
                crate::format::quote(format!(":{port}").as_bytes(), false)
            ));
        }
    }
    let Some(path) = unescape(path) else {
        return bad("invalid URL escape");
    };
    let Some(fragment) = unescape(fragment) else {
        return bad("invalid URL escape");
    };
    let hostname = host.strip_prefix('[').map_or_else(
        || host.split(':').next().unwrap_or_default(),
        |inner| inner.split(']').next().unwrap_or_default(),
    );
    Ok(Value::dict([
        ("scheme", scheme.to_ascii_lowercase().into()),
        ("host", host.into()),
        ("hostname", hostname.into()),
        ("path", path.into()),
        ("query", query.into()),
        ("opaque", opaque.into()),
        ("fragment", fragment.into()),
        ("userinfo", user.into()),
    ]))
}

fn split_scheme(url: &str) -> std::result::Result<(&str, &str), &'static str> {
    for (index, character) in url.char_indices() {
        match character {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if index > 0 => {}
            ':' if index == 0 => return Err("missing protocol scheme"),
            ':' => {
                let (scheme, rest) = url.split_at(index);
                return Ok((scheme, rest.get(1..).unwrap_or_default()));
            }
            _ => break,
        }
    }
    Ok(("", url))
}

fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (high, low) = (bytes.next()?, bytes.next()?);
        let digits = [high, low];
        out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn join(parts: &Map) -> Result {
    let part = |name: &str| match parts.get(name) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.to_string()),
        Some(other) => Err(CallError::new(format!(
            "unable to parse {name} key, must be of type string, but {} found",
            other.type_name()
        ))),
    };
    let (scheme, host, path, query) = (part("scheme")?, part("host")?, part("path")?, part("query")?);
    let (opaque, fragment, user) = (part("opaque")?, part("fragment")?, part("userinfo")?);
    let mut url = String::new();
    if !scheme.is_empty() {
        url.push_str(&format!("{scheme}:"));
    }
    if opaque.is_empty() {
        if !scheme.is_empty() || !host.is_empty() || !user.is_empty() {
            if !host.is_empty() || !path.is_empty() || !user.is_empty() {
                url.push_str("//");
            }
            if !user.is_empty() {
                url.push_str(&format!("{user}@"));
            }
            url.push_str(&escaped(&host, is_host));
        }
        let path = escape_path(&path);
        if !path.is_empty() && !path.starts_with('/') && !host.is_empty() {
            url.push('/');
        }
        url.push_str(&path);
    } else {
        url.push_str(&opaque);
    }
    if !query.is_empty() {
        url.push_str(&format!("?{query}"));
    }
    if !fragment.is_empty() {
        url.push_str(&format!("#{}", escape_path(&fragment)));
    }
    Ok(url.into())
}

fn escape_path(path: &str) -> String {
    escaped(path, |byte| {
        is_unreserved(byte) || b"$&+,/:;=@!'()*".contains(&byte)
    })
}

/// What stands unescaped in the name of a host, as Go's `net/url` has it.
fn is_host(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:[]<>\"".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

fn escaped(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
