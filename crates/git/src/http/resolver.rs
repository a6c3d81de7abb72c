//! Names of hosts to addresses.

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver as Resolve};
use ureq::unversioned::transport::NextTimeout;

use crate::location::is_loopback;

/// The system's resolver, which never gets to see names below `localhost`: they are this machine (RFC 6761), and a
/// token that may be sent there must not go anywhere else.
#[derive(Debug, Default)]
pub(super) struct Resolver {
    system: DefaultResolver,
}

impl Resolve for Resolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        if !is_loopback(host) || !host.ends_with("localhost") {
            return self.system.resolve(uri, config, timeout);
        }
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        });
        let mut addresses = self.empty();
        addresses.push(([127, 0, 0, 1], port).into());
        addresses.push(([0, 0, 0, 0, 0, 0, 0, 1], port).into());
        Ok(addresses)
    }
}
