//! Names of container images.

/// A text that is no image reference.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no image reference")]
pub struct ImageNameError(String);

/// The reference with the registry and the `library/` folder that docker leaves out; no tag is added.
///
/// Rules of the Docker reference grammar: the first part names a registry when it holds a dot or a colon, has an
/// upper-case letter or is `localhost`.
pub fn normalize(reference: &str) -> Result<String, ImageNameError> {
    let bad = || ImageNameError(reference.to_owned());
    let (registry, path) = match reference.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.chars().any(char::is_uppercase) =>
        {
            (first, rest)
        }
        _ => ("docker.io", reference),
    };
    let registry = if registry == "index.docker.io" {
        "docker.io"
    } else {
        registry
    };
    let (name_and_tag, digest) = path
        .split_once('@')
        .map_or((path, None), |(name, digest)| (name, Some(digest)));
    let (name, tag) = name_and_tag
        .split_once(':')
        .map_or((name_and_tag, None), |(name, tag)| (name, Some(tag)));
    if !name.split('/').all(is_path_component)
        || tag.is_some_and(|tag| !is_tag(tag))
        || digest.is_some_and(|digest| !is_digest(digest))
        || (registry == "docker.io" && is_bare_digest(name))
    {
        return Err(bad());
    }
    let library = if registry == "docker.io" && !name.contains('/') {
        "library/"
    } else {
        ""
    };
    Ok(format!("{registry}/{library}{path}"))
}

/// Lower-case letters and digits, separated by one dot, one or two underscores, or dashes.
fn is_path_component(component: &str) -> bool {
    let bytes = component.as_bytes();
    let ends =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    ends(bytes.first())
        && ends(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(byte))
        && !component.contains("..")
        && !component.contains("___")
        && !["._", "_.", ".-", "-.", "_-", "-_"]
            .iter()
            .any(|pair| component.contains(pair))
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    tag.len() <= 128
        && tag.as_bytes().first().is_some_and(word)
        && tag
            .as_bytes()
            .iter()
            .all(|byte| word(byte) || b".-".contains(byte))
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && algorithm
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+.-_".contains(&byte))
            && hex.len() >= 32
            && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// 64 hexadecimal digits: a content id, not a name.
fn is_bare_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reference: &str, expected: Option<&str>) {
        assert_eq!(normalize(reference).ok().as_deref(), expected, "{reference}");
    }

    #[test]
    fn names() {
        check("nginx", Some("docker.io/library/nginx"));
        check("nginx:1.2", Some("docker.io/library/nginx:1.2"));
        check("bitnami/nginx:1.2", Some("docker.io/bitnami/nginx:1.2"));
        check("quay.io/a/b", Some("quay.io/a/b"));
        check(
            "localhost:5000/a@sha256:0123456789abcdef0123456789abcdef",
            Some("localhost:5000/a@sha256:0123456789abcdef0123456789abcdef"),
        );
        check("index.docker.io/nginx", Some("docker.io/library/nginx"));
        check("Nginx", None);
        check("a b", None);
        check("", None);
        check("nginx:", None);
    }
}
