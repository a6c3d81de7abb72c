//! Addresses, form by form.

use kubescape_git::{Location, Wanted, without_credentials};

/// Clone address, provider, owner, repository, state and path.
fn parts(location: &Location) -> String {
    let wanted = match &location.wanted {
        Wanted::Default => String::new(),
        Wanted::Reference(name) => name.clone(),
        Wanted::ReferenceAndPath(text) => format!("{text}..."),
    };
    [
        location.url.clone(),
        location.provider.name().to_owned(),
        location.owner.clone(),
        location.repo.clone(),
        wanted,
        location.path.clone(),
    ]
    .join("|")
}

#[track_caller]
fn check(address: &str, expected: &str) {
    let found = Location::parse(address).expect(address);
    assert_eq!(parts(&found), expected, "{address}");
    assert!(Location::is_url_or_host(address), "{address}");
}

#[track_caller]
fn check_base(address: &str, expected: &str) {
    let found = Location::parse_base(address).expect(address);
    assert_eq!(parts(&found), expected, "{address}");
}

#[test]
fn github() {
    let url = "https://github.com/shop/web";
    let hash = "0123456789012345678901234567890123456789";
    check("https://github.com/shop/web", &format!("{url}|github|shop|web||"));
    check(
        "https://github.com/shop/web/",
        &format!("{url}|github|shop|web||"),
    );
    check("HTTPS://GitHub.com/shop/web", &format!("{url}|github|shop|web||"));
    check("github.com/shop/web", &format!("{url}|github|shop|web||"));
    check(
        "https://github.com/shop/web.git",
        "https://github.com/shop/web.git|github|shop|web||",
    );
    check(
        "https://github.com/shop/web/tree/main",
        &format!("{url}|github|shop|web|main...|"),
    );
    check(
        "https://github.com/shop/web/tree/feature/x/deploy",
        &format!("{url}|github|shop|web|feature/x/deploy...|"),
    );
    check(
        "https://github.com/shop/web/blob/main/deploy/web.yaml#L10",
        &format!("{url}|github|shop|web|main/deploy/web.yaml...|"),
    );
    check(
        &format!("https://github.com/shop/web/commit/{hash}"),
        &format!("{url}|github|shop|web|{hash}|"),
    );
    check(
        "https://github.com/shop/web/tree/1a2b3c4/deploy/",
        &format!("{url}|github|shop|web|1a2b3c4/deploy...|"),
    );
    check(
        "https://github.com/shop/web/commits/main/deploy",
        &format!("{url}|github|shop|web|main/deploy...|"),
    );
    check(
        "https://ada@github.com/shop/web/",
        &format!("{url}|github|shop|web||"),
    );
    check(
        "https://github.com/shop/web/releases/tag/v1.0",
        &format!("{url}|github|shop|web|v1.0|"),
    );
    check(
        "https://raw.githubusercontent.com/shop/web/main/a.yaml",
        &format!("{url}|github|shop|web|main/a.yaml...|"),
    );
    check(
        "https://github.com/shop/web?ref=v1.0",
        &format!("{url}|github|shop|web|v1.0|"),
    );
    check(
        "https://github.com/shop/web//deploy/base?ref=v1.0",
        &format!("{url}|github|shop|web|v1.0|deploy/base"),
    );
    check(
        "git@github.com:shop/web.git",
        "git@github.com:shop/web.git|github|shop|web||",
    );
    check(
        "ssh://git@github.com/shop/web.git",
        "ssh://git@github.com/shop/web.git|github|shop|web||",
    );
    check(
        "https://github.example.com:8443/shop/web/tree/main",
        "https://github.example.com:8443/shop/web|github|shop|web|main...|",
    );
    check(
        "https://user:secret@github.com/shop/web",
        &format!("{url}|github|shop|web||"),
    );
}

#[test]
fn gitlab() {
    let url = "https://gitlab.com/shop/team/web";
    check(
        "https://gitlab.com/shop/team/web",
        &format!("{url}|gitlab|shop/team|web||"),
    );
    check(
        "https://gitlab.com/shop/team/web/-/tree/main/deploy",
        &format!("{url}|gitlab|shop/team|web|main/deploy...|"),
    );
    check(
        "https://gitlab.com/shop/team/web/-/blob/main/a.yaml?ref_type=heads",
        &format!("{url}|gitlab|shop/team|web|main/a.yaml...|"),
    );
    check(
        "https://gitlab.com/shop/web/-/commit/abc",
        "https://gitlab.com/shop/web|gitlab|shop|web|abc|",
    );
    check(
        "https://gitlab.com/shop/team/web/-/tree/feature/x/deploy/?ref_type=heads",
        &format!("{url}|gitlab|shop/team|web|feature/x/deploy...|"),
    );
    check(
        "https://gitlab.com/shop/web/-/tags/v1.0",
        "https://gitlab.com/shop/web|gitlab|shop|web|v1.0|",
    );
    check(
        "https://gitlab.com/shop/web/-/releases/v1.0",
        "https://gitlab.com/shop/web|gitlab|shop|web|v1.0|",
    );
    check(
        "https://gitlab.example.com:8443/a/b/c/-/tree/main/",
        "https://gitlab.example.com:8443/a/b/c|gitlab|a/b|c|main...|",
    );
    check(
        "https://gitlab.com/shop/web/tree/main",
        "https://gitlab.com/shop/web|gitlab|shop|web|main...|",
    );
    check(
        "https://gitlab.com/shop/a/src",
        "https://gitlab.com/shop/a/src|gitlab|shop/a|src||",
    );
    check(
        "https://gitlab.example.com/a/b/c/d.git",
        "https://gitlab.example.com/a/b/c/d.git|gitlab|a/b/c|d||",
    );
    check(
        "git@gitlab.com:shop/team/web.git",
        "git@gitlab.com:shop/team/web.git|gitlab|shop/team|web||",
    );
    check(
        "https://git.example.com/a/b/-/tree/main/x",
        "https://git.example.com/a/b||a|b|main/x...|",
    );
}

#[test]
fn azure() {
    let url = "https://dev.azure.com/org/project/_git/web";
    check(
        "https://dev.azure.com/org/project/_git/web",
        &format!("{url}|azure|org|web||"),
    );
    check(
        "https://org@dev.azure.com/org/project/_git/web",
        &format!("{url}|azure|org|web||"),
    );
    check(
        "https://dev.azure.com/org/project/_git/web?version=GBmain&path=/deploy/base",
        &format!("{url}|azure|org|web|main|deploy/base"),
    );
    check(
        "https://dev.azure.com/org/project/_git/web?path=%2Fdeploy&version=GTv1.0&_a=contents",
        &format!("{url}|azure|org|web|v1.0|deploy"),
    );
    check(
        "https://dev.azure.com/org/project/_git/web?version=GBfeature%2Fx",
        &format!("{url}|azure|org|web|feature/x|"),
    );
    check(
        "https://dev.azure.com/org/my%20project/_git/web",
        "https://dev.azure.com/org/my%20project/_git/web|azure|org|web||",
    );
    check(
        "https://dev.azure.com/org/project/_git/web?version=GC1a2b3c4&path=%2Fdeploy",
        &format!("{url}|azure|org|web|1a2b3c4|deploy"),
    );
    check(
        "https://dev.azure.com/org/project/_git/web/commit/1a2b3c4?refName=refs%2Fheads%2Fmain",
        &format!("{url}|azure|org|web|1a2b3c4|"),
    );
    check(
        "https://dev.azure.com/org/_git/web/",
        "https://dev.azure.com/org/_git/web|azure|org|web||",
    );
    check(
        "https://org.visualstudio.com/project/_git/web?version=GBmain",
        "https://org.visualstudio.com/project/_git/web|azure|project|web|main|",
    );
    check(
        "https://tfs.example.com/org/project/_git/web/deploy",
        "https://tfs.example.com/org/project/_git/web|azure|org|web||deploy",
    );
    check(
        "git@ssh.dev.azure.com:v3/org/project/web",
        "git@ssh.dev.azure.com:v3/org/project/web|azure|org|web||",
    );
}

#[test]
fn bitbucket() {
    let url = "https://bitbucket.org/shop/web";
    check(
        "https://bitbucket.org/shop/web/src/main/deploy",
        &format!("{url}|bitbucket|shop|web|main/deploy...|"),
    );
    check(
        "https://bitbucket.org/shop/web/src/main/",
        &format!("{url}|bitbucket|shop|web|main...|"),
    );
    check(
        "https://bitbucket.org/shop/web/branch/feature/x",
        &format!("{url}|bitbucket|shop|web|feature/x...|"),
    );
    check(
        "https://bitbucket.org/shop/web/src/1a2b3c4/deploy/?at=main",
        &format!("{url}|bitbucket|shop|web|1a2b3c4/deploy...|"),
    );
    check(
        "https://bitbucket.example.com/users/ada/repos/web/browse/deploy",
        "https://bitbucket.example.com/scm/~ada/web.git|bitbucket|~ada|web||deploy",
    );
    check(
        "https://bitbucket.example.com/projects/SHOP/repos/web/commits/1a2b3c4",
        "https://bitbucket.example.com/scm/shop/web.git|bitbucket|shop|web|1a2b3c4|",
    );
    check(
        "https://bitbucket.org/shop/web/commits/abc",
        &format!("{url}|bitbucket|shop|web|abc|"),
    );
    check(
        "git@bitbucket.org:shop/web.git",
        "git@bitbucket.org:shop/web.git|bitbucket|shop|web||",
    );
    check(
        "https://bitbucket.example.com/scm/shop/web.git",
        "https://bitbucket.example.com/scm/shop/web.git|bitbucket|shop|web||",
    );
    check(
        "https://bitbucket.example.com/projects/SHOP/repos/web/browse/deploy?at=refs%2Fheads%2Fmain",
        "https://bitbucket.example.com/scm/shop/web.git|bitbucket|shop|web|refs/heads/main|deploy",
    );
}

#[test]
fn others() {
    check(
        "https://git.example.com/web",
        "https://git.example.com/web|||web||",
    );
    check(
        "https://git.example.com/a/b/c",
        "https://git.example.com/a/b/c||a/b|c||",
    );
    check(
        "http://127.0.0.1:8080/git/team/web.git/deploy?ref=x",
        "http://127.0.0.1:8080/git/team/web.git||git/team|web|x|deploy",
    );
    check(
        "https://codeberg.org/shop/web/src/branch/main/deploy",
        "https://codeberg.org/shop/web||shop|web|main/deploy...|",
    );
    check(
        "https://codeberg.org/shop/web/commit/1a2b3c4d",
        "https://codeberg.org/shop/web||shop|web|1a2b3c4d|",
    );
    check(
        "https://codeberg.org/shop/web/releases/tag/v1.0",
        "https://codeberg.org/shop/web||shop|web|v1.0|",
    );
    check(
        "https://codeberg.org/shop/web/src/tag/v1.0/deploy/",
        "https://codeberg.org/shop/web||shop|web|v1.0/deploy...|",
    );
    check(
        "https://codeberg.org/shop/web/src/commit/abc/deploy",
        "https://codeberg.org/shop/web||shop|web|abc|deploy",
    );
    check(
        "ssh://git@git.example.com:2222/shop/web.git",
        "ssh://git@git.example.com:2222/shop/web.git||shop|web||",
    );
    check(
        "git+ssh://git@git.example.com/shop/web",
        "ssh://git@git.example.com/shop/web||shop|web||",
    );
    check(
        "deploy@git.example.com:/srv/web.git",
        "deploy@git.example.com:/srv/web.git||srv|web||",
    );
    check(
        "git::https://git.example.com/shop/web.git//deploy",
        "https://git.example.com/shop/web.git||shop|web||deploy",
    );
    check("file:///srv/git/web.git", "file:///srv/git/web.git|||web||");
    check(
        "file:///srv/git/web//deploy?ref=main",
        "file:///srv/git/web|||web|main|deploy",
    );
    check("http://[::1]:8080/web.git", "http://[::1]:8080/web.git|||web||");
}

#[test]
fn bases_of_kustomizations() {
    let url = "https://github.com/shop/web";
    check_base(
        "github.com/shop/web/deploy/base?ref=v1.0",
        &format!("{url}|github|shop|web|v1.0|deploy/base"),
    );
    check_base(
        "https://github.com/shop/web//deploy/base?ref=main&timeout=90s&submodules=false",
        &format!("{url}|github|shop|web|main|deploy/base"),
    );
    check_base(
        "https://github.com/shop/web?version=v2",
        &format!("{url}|github|shop|web|v2|"),
    );
    check_base(
        "git::https://git.example.com/a/b/c?ref=x",
        "https://git.example.com/a/b||a|b|x|c",
    );
    check_base(
        "https://git.example.com/a/b/c//d",
        "https://git.example.com/a/b/c||a/b|c||d",
    );
    check_base(
        "https://git.example.com/a/b.git/c",
        "https://git.example.com/a/b.git||a|b||c",
    );
    check_base("git@git.example.com:a/b/c", "git@git.example.com:a/b||a|b||c");
    check_base(
        "https://dev.azure.com/org/project/_git/web/deploy?version=main",
        "https://dev.azure.com/org/project/_git/web|azure|org|web|main|deploy",
    );
    check_base("file:///srv/web//deploy", "file:///srv/web|||web||deploy");
}

#[test]
fn what_is_no_address() {
    for text in [
        "web.yaml",
        "./a/b",
        "/srv/web",
        "C:\\web",
        "a:b",
        "github.com",
        "*.yaml",
        "-",
        "ftp://host/web",
        "a/b@c:d",
    ] {
        assert!(!Location::is_url(text), "{text}");
    }
    for (address, problem) in [
        ("https://github.com/shop", "names an owner, but no repository"),
        ("https://github.com", "names no repository"),
        ("https:///a/b", "names no host"),
        ("https://-oProxyCommand=x/a/b", "the host is not a name"),
        ("ssh://-oProxyCommand=x/a/b", "the host is not a name"),
        ("https://host:port/a/b", "the port is no number"),
        ("https://github.com/a/b//../../c", "leaves the repository"),
        ("https://git.example.com/../b.git", "leaves the repository"),
        ("file://srv/web", "absolute path"),
        ("https://host/a\nb", "control characters"),
        ("https://host/a%00b", "control characters"),
    ] {
        let error = Location::parse(address).expect_err(address).to_string();
        assert!(error.contains(problem), "{address}: {error}");
    }
}

#[test]
fn credentials_are_not_shown() {
    for (address, shown) in [
        ("https://user:secret@host/a/b", "https://host/a/b"),
        ("https://secret@host/a", "https://host/a"),
        ("ssh://git@host/a", "ssh://git@host/a"),
        ("ssh://git:secret@host/a", "ssh://host/a"),
        ("https://host/a@b", "https://host/a@b"),
        ("git@host:a/b", "git@host:a/b"),
    ] {
        assert_eq!(without_credentials(address), shown);
    }
    let location = Location::parse("https://user:secret@host/a/b").expect("an address");
    assert!(!format!("{location} {location:?}").contains("secret"));
    let error = Location::parse("https://user:secret@host:port/a").expect_err("no port");
    assert!(!error.to_string().contains("secret"));
}
