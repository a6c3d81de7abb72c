//! The git protocol: what a server offers, and getting some of it.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use base64::Engine;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::odb::pack;
use gix::progress::Discard;
use gix::protocol::fetch::{Arguments, Context, Negotiate, Options, Response, Shallow, Tags, negotiate};
use gix::protocol::handshake::Ref;
use gix::protocol::ls_refs::RefPrefixes;
use gix::protocol::{Handshake, LsRefsCommand};
use gix_transport::client::blocking_io::{Transport, connect, http};
use gix_transport::{Protocol, Service};

use crate::error::{GitError, Result};
use crate::failure::{Cause, Place, explain};
use crate::http::{Client, Failures};
use crate::location::{Location, Scheme};
use crate::reference::Offered;
use crate::secret::Secret;
use crate::settings::{GitSettings, Trust};

/// Memory that the index of even the smallest pack may take.
const MIN_BUFFER: u64 = 64 << 20;

/// Objects of a repository that is fetched.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let packs = folder.join("objects").join("pack");
        std::fs::create_dir_all(&packs).map_err(|source| GitError::disk(&packs, source))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.join("objects")
    }

    pub(crate) fn shallow_file(&self) -> PathBuf {
        self.folder.join("shallow")
    }

    pub(crate) fn open(&self) -> Result<gix::odb::Handle> {
        let objects = self.objects();
        gix::odb::at(&objects, gix::hash::Kind::Sha1).map_err(|source| GitError::disk(&objects, source))
    }
}

/// What is to be fetched.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub wants: Vec<ObjectId>,
    /// What is there already.
    pub haves: Vec<ObjectId>,
    /// How many generations of commits; 0 for all.
    pub depth: u32,
    /// Leave out what files hold, if the server can do that.
    pub without_files: bool,
}

/// A conversation with a server.
pub(crate) struct Session<'a> {
    location: &'a Location,
    settings: &'a GitSettings,
    transport: Box<dyn Transport + Send>,
    handshake: Handshake,
    cause: Cause,
}

impl<'a> Session<'a> {
    pub(crate) fn open(location: &'a Location, settings: &'a GitSettings, trust: Trust) -> Result<Self> {
        let cause = Cause {
            failures: Failures::default(),
            login: login(location, settings, trust)?,
            stall: settings.stall_timeout,
        };
        let failed = |error: &(dyn std::error::Error + 'static)| explain(&Place::of(location), &cause, error);
        let mut transport = transport(location, settings, &cause).map_err(|error| failed(&error))?;
        let handshake = gix::protocol::handshake(
            &mut transport,
            Service::UploadPack,
            // Whoever is not let in is told so; there is nobody to ask.
            |_| {
                Err(gix::Error::from_error(io::Error::from(
                    io::ErrorKind::PermissionDenied,
                )))
            },
            Vec::new(),
            &mut Discard,
        )
        .map_err(|error| failed(&error))?;
        Ok(Self {
            location,
            settings,
            transport,
            handshake,
            cause,
        })
    }

    /// The branches and tags that the server offers below the prefixes; all of them if it is old.
    pub(crate) fn offered(&mut self, prefixes: &[String]) -> Result<Vec<Offered>> {
        let refs = if let Some(refs) = self.handshake.refs.take() {
            refs
        } else {
            let mut wanted = RefPrefixes::new();
            wanted.extend(prefixes.iter().map(|prefix| prefix.as_str().into()));
            LsRefsCommand::new(Some(wanted), &self.handshake.capabilities, agent())
                .invoke_blocking(&mut self.transport, &mut Discard, false)
                .map_err(|error| explain(&Place::of(self.location), &self.cause, &error))?
        };
        Ok(refs.into_iter().filter_map(offered).collect())
    }

    /// Whether the server gives commits that no branch or tag stands for.
    pub(crate) fn gives_any_commit(&self) -> bool {
        self.handshake.server_protocol_version == Protocol::V2
            || ["allow-any-sha1-in-want", "allow-reachable-sha1-in-want"]
                .iter()
                .any(|capability| self.handshake.capabilities.contains(capability))
    }

    /// Gets a pack into the store.
    pub(crate) fn fetch(&mut self, store: &Store, request: &Request) -> Result<()> {
        let shallow = match std::num::NonZeroU32::new(request.depth) {
            Some(depth) if self.can_be_shallow() => Shallow::DepthAtRemote(depth),
            _ => Shallow::NoChange,
        };
        let packs = store.objects().join("pack");
        let objects = store.open()?;
        let mut too_large = false;
        let limit = self.settings.max_bytes;
        let fetched = gix::protocol::fetch(
            &mut Wants(request),
            |reader, progress, interrupt| {
                let mut bounded = Bounded {
                    reader,
                    left: limit,
                    exceeded: &mut too_large,
                };
                pack::Bundle::write_to_directory(
                    &mut bounded,
                    Some(&packs),
                    progress,
                    interrupt,
                    Some(objects),
                    gix::hash::Kind::Sha1,
                    pack::bundle::write::Options {
                        thread_limit: None,
                        iteration_mode: pack::data::input::Mode::Verify,
                        alloc_limit_bytes: Some(usize::try_from(limit.max(MIN_BUFFER)).unwrap_or(usize::MAX)),
                        ..pack::bundle::write::Options::default()
                    },
                )
                .map(|_| true)
            },
            Discard,
            &AtomicBool::new(false),
            Context {
                handshake: &mut self.handshake,
                transport: &mut self.transport,
                user_agent: agent(),
                trace_packetlines: false,
            },
            Options {
                shallow_file: store.shallow_file(),
                shallow: &shallow,
                tags: Tags::None,
                reject_shallow_remote: false,
            },
        );
        match fetched {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(GitError::Server {
                url: self.location.url.clone(),
                problem: "the server sent nothing".to_owned(),
            }),
            Err(_) if too_large => Err(GitError::TooLarge {
                url: self.location.url.clone(),
                limit: format!("{limit} bytes"),
            }),
            Err(error) => Err(explain(&Place::of(self.location), &self.cause, &error)),
        }
    }

    fn can_be_shallow(&self) -> bool {
        self.handshake.server_protocol_version == Protocol::V2
            || self.handshake.capabilities.contains("shallow")
    }
}

fn agent() -> (&'static str, Option<String>) {
    (
        "agent",
        Some(concat!("git/kubescape-", env!("CARGO_PKG_VERSION")).to_owned()),
    )
}

fn offered(reference: Ref) -> Option<Offered> {
    let (name, commit, target) = match reference {
        Ref::Peeled {
            full_ref_name,
            object,
            ..
        }
        | Ref::Direct {
            full_ref_name,
            object,
        } => (full_ref_name, object, None),
        Ref::Symbolic {
            full_ref_name,
            object,
            target,
            ..
        } => (full_ref_name, object, Some(target.to_str_lossy().into_owned())),
        Ref::Unborn { .. } => return None,
    };
    Some(Offered {
        name: name.to_str_lossy().into_owned(),
        commit,
        target,
    })
}

/// What is sent for a login, and how messages call it.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub authorization: Secret,
    pub name: String,
}

fn login(location: &Location, settings: &GitSettings, trust: Trust) -> Result<Option<Login>> {
    let (name, user, password) = if let Some(own) = &location.credentials {
        ("the address".to_owned(), own.user.as_str(), &own.password)
    } else if let Some(token) = settings.token(location, trust)
        && matches!(location.scheme, Scheme::Https | Scheme::Http)
    {
        (token.name.clone(), "x-token-auth", &token.value)
    } else {
        return Ok(None);
    };
    if !location.is_private() {
        return Err(GitError::Denied {
            url: location.url.clone(),
            problem: format!(
                "what {name} holds is not sent over plain http, where anyone can read it; use https"
            ),
        });
    }
    let pair = format!("{user}:{}", password.reveal());
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    Ok(Some(Login {
        authorization: Secret::new(format!("Basic {encoded}")),
        name,
    }))
}

fn transport(
    location: &Location,
    settings: &GitSettings,
    cause: &Cause,
) -> std::result::Result<Box<dyn Transport + Send>, gix::Error> {
    if matches!(location.scheme, Scheme::Https | Scheme::Http) {
        let authorization = cause
            .login
            .as_ref()
            .map(|login| login.authorization.reveal().to_owned());
        let client = Client::new(location, settings, authorization, cause.failures.clone());
        let url = gix::Url::from_bytes(location.url.as_bytes().as_bstr())?;
        return Ok(Box::new(http::Transport::new_http(
            client,
            url,
            Protocol::V2,
            false,
        )));
    }
    // Nobody is there to answer questions, and a connection that died must be noticed.
    let command = settings.ssh_command.clone().unwrap_or_else(|| {
        let seconds = settings.connect_timeout.as_secs().max(1);
        format!("ssh -o BatchMode=yes -o ConnectTimeout={seconds} -o ServerAliveInterval=15 -o ServerAliveCountMax=2").into()
    });
    let options = connect::Options {
        version: Protocol::V2,
        ssh: gix_transport::client::blocking_io::ssh::connect::Options {
            command: Some(command),
            disallow_shell: false,
            kind: Some(gix_transport::client::blocking_io::ssh::ProgramKind::Ssh),
        },
        trace: false,
    };
    connect::connect(location.url.as_str(), options)
}

/// Asks for what is wanted, without a word on what else might be there.
struct Wants<'a>(&'a Request);

impl Negotiate for Wants<'_> {
    fn mark_complete_and_common_ref(&mut self) -> gix::Result<negotiate::Action> {
        Ok(negotiate::Action::MustNegotiate {
            remote_ref_target_known: Vec::new(),
        })
    }

    fn add_wants(&mut self, arguments: &mut Arguments, _: &[bool]) -> bool {
        if self.0.without_files && arguments.can_use_filter() {
            arguments.filter("blob:none");
        }
        for want in &self.0.wants {
            arguments.want(want);
        }
        !self.0.wants.is_empty()
    }

    fn one_round(
        &mut self,
        _: &mut negotiate::one_round::State,
        arguments: &mut Arguments,
        _: Option<&Response>,
    ) -> gix::Result<(negotiate::Round, bool)> {
        for have in &self.0.haves {
            arguments.have(have);
        }
        let round = negotiate::Round {
            haves_sent: self.0.haves.len(),
            in_vain: 0,
            haves_to_send: self.0.haves.len(),
            previous_response_had_at_least_one_in_common: false,
        };
        Ok((round, true))
    }
}

/// A reader that ends with an error behind so many bytes.
struct Bounded<'a> {
    reader: &'a mut dyn BufRead,
    left: u64,
    exceeded: &'a mut bool,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            *self.exceeded = true;
            return Err(io::Error::other("too large"));
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.reader.consume(amount);
    }
}
