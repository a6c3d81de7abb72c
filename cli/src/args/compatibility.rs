//! Flags of the Go kubescape that command lines in the field carry: accepted, so that they go on working, or refused
//! with the reason where leaving out their effect would go unnoticed.

use anyhow::bail;
use clap::Args;

use super::booleans::boolean;

/// None of them is shown in help.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct CompatibilityFlags {
    #[command(flatten)]
    account: AccountFlags,
    #[arg(long, global = true, hide = true)]
    keep_local: bool,
    #[arg(long, global = true, hide = true, value_parser = boolean, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    submit: Option<bool>,
    #[arg(long, global = true, hide = true)]
    controls_version: Option<String>,
    #[arg(short = 't', long, global = true, hide = true)]
    fail_threshold: Option<f32>,

    #[arg(long, global = true, hide = true)]
    hide: bool,
    #[arg(long, global = true, hide = true)]
    encrypt: bool,
    #[arg(long, global = true, hide = true)]
    baseline: Option<String>,
    #[arg(long, global = true, hide = true)]
    baseline_fail_on_new: bool,
    #[arg(long, global = true, hide = true)]
    baseline_severity_threshold: Option<String>,
    #[arg(long, global = true, hide = true)]
    baseline_granularity: Option<String>,

    /// Data of hosts are used where the cluster has them.
    #[arg(long, global = true, hide = true, value_parser = boolean, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(crate) host_scan: Option<bool>,
    #[arg(long, global = true, hide = true)]
    incremental: bool,

    #[command(flatten)]
    images: ImageFlags,
}

/// An account of a service that keeps reports and policies.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AccountFlags {
    #[arg(long, global = true, hide = true)]
    account: Option<String>,
    #[arg(long, global = true, hide = true)]
    access_key: Option<String>,
}

impl AccountFlags {
    /// Refuses what is no account, and says that none is used.
    pub(crate) fn check(&self) -> anyhow::Result<Vec<String>> {
        if let Some(account) = &self.account
            && uuid::Uuid::try_parse(account).is_err()
        {
            bail!("bad argument: --account {account:?} is no UUID");
        }
        let given = [
            ("--account", self.account.is_some()),
            ("--access-key", self.access_key.is_some()),
        ];
        let why = "nothing is sent to or asked of a service; the policies are those of this program";
        Ok(given
            .into_iter()
            .filter(|(_, given)| *given)
            .map(|(flag, _)| format!("no effect of {flag}: {why}"))
            .collect())
    }
}

/// Flags that only mean something together with `--scan-images`.
#[derive(Args, Clone, Debug, Default)]
struct ImageFlags {
    #[arg(long, global = true, hide = true)]
    scan_images: bool,
    #[arg(long, global = true, hide = true)]
    only_fixable: bool,
    #[arg(long, global = true, hide = true)]
    image_scan_concurrency: Option<u32>,
    #[arg(long, global = true, hide = true)]
    image_platform: Option<String>,
    #[arg(long, global = true, hide = true, value_parser = boolean, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    use_default_matchers: Option<bool>,
    #[arg(long, global = true, hide = true)]
    registry_mapping: Vec<String>,
    #[arg(long, global = true, hide = true)]
    registry_username: Option<String>,
    #[arg(long, global = true, hide = true)]
    registry_password: Option<String>,
    #[arg(long, global = true, hide = true)]
    registry_token: Option<String>,
    #[arg(long, global = true, hide = true)]
    registry_authority: Option<String>,
    #[arg(long, global = true, hide = true)]
    grype_db_url: Option<String>,
    #[arg(long, global = true, hide = true)]
    skip_db_update: bool,
}

impl CompatibilityFlags {
    /// Refuses what this version cannot do, and says what has no effect.
    pub(crate) fn check(&self) -> anyhow::Result<Vec<String>> {
        self.refuse()?;
        let mut warnings = self.account.check()?;
        let mut useless = |flag: &str, given: bool, why: &str| {
            if given {
                warnings.push(format!("no effect of {flag}: {why}"));
            }
        };
        useless(
            "--fail-threshold",
            self.fail_threshold.is_some(),
            "it is deprecated; use --compliance-threshold",
        );
        useless(
            "--incremental",
            self.incremental,
            "every scan judges everything anew",
        );
        let baseline = self.baseline_fail_on_new
            || self.baseline_severity_threshold.is_some()
            || self.baseline_granularity.is_some();
        useless("--baseline-*", baseline, "there is no --baseline");
        let images = self.images.says_something();
        useless("flags for images", images, "there is no --scan-images");
        Ok(warnings)
    }

    fn refuse(&self) -> anyhow::Result<()> {
        let submit = self.submit == Some(true);
        if submit && self.keep_local {
            bail!("--submit and --keep-local exclude each other");
        }
        if submit {
            bail!(
                "--submit: this program sends nothing anywhere; leave the flag out, or write --submit=false"
            );
        }
        if let Some(version) = &self.controls_version {
            if version.contains('/') {
                bail!("--controls-version {version:?} must be a tag without \"/\"");
            }
            bail!(
                "--controls-version: the policies are those of this program; `kubescape download artifacts --from-url URL -o DIR` fetches others for --use-artifacts-from DIR"
            );
        }
        for (flag, given) in [
            ("--hide", self.hide),
            ("--encrypt", self.encrypt),
            ("--baseline", self.baseline.is_some()),
            ("--scan-images", self.images.scan_images),
        ] {
            if given {
                bail!("{flag} is not part of this version yet");
            }
        }
        Ok(())
    }
}

impl ImageFlags {
    /// Whether any of them is given. How images are matched or fetched matters to nobody when none is looked at, so
    /// those with a harmless meaning are passed over.
    fn says_something(&self) -> bool {
        self.only_fixable
            || self.image_platform.is_some()
            || self.registry_username.is_some()
            || self.registry_password.is_some()
            || self.registry_token.is_some()
            || self.registry_authority.is_some()
            || self.grype_db_url.is_some()
            || !self.registry_mapping.is_empty()
    }
}
