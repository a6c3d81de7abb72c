//! What a cluster is called at its provider, and the questions that follow.

use super::answer::Shape;
use super::{CommandLine, Question};

/// API version of the resource that describes a managed cluster (Azure REST API, "Managed Clusters - Get").
const AZURE_API: &str = "2024-02-01";
/// API version of who may do what (Azure REST API, "Role Assignments" and "Role Definitions").
const AZURE_RIGHTS_API: &str = "2022-04-01";

/// What is known of the cluster's place.
#[derive(Clone, Debug, Default)]
pub struct CloudSettings {
    /// Context of the kubeconfig: the providers' programs write name and place into it.
    pub context: String,
    /// Address of the API server.
    pub server: String,
    /// Name of the cluster at the provider, when the user says it.
    pub name: Option<String>,
    /// Region, or location.
    pub region: Option<String>,
    /// Project of Google Cloud.
    pub project: Option<String>,
    /// Subscription of Azure.
    pub subscription: Option<String>,
    /// Resource group of Azure.
    pub resource_group: Option<String>,
}

/// The cluster's name and what to ask.
pub(super) fn questions(provider: &str, settings: &CloudSettings) -> Result<(String, Vec<Question>), String> {
    match provider {
        "eks" => eks(settings),
        "gke" => gke(settings),
        "aks" => aks(settings),
        _ => Ok((String::new(), Vec::new())),
    }
}

fn eks(settings: &CloudSettings) -> Result<(String, Vec<Question>), String> {
    let (name, region) = eks_place(&settings.context);
    // `https://ID.gr7.REGION.eks.amazonaws.com`
    let of_server = settings
        .server
        .trim_end_matches('/')
        .strip_suffix(".eks.amazonaws.com")
        .and_then(|rest| rest.rsplit('.').next());
    let region = settings
        .region
        .as_deref()
        .or(region)
        .or(of_server)
        .ok_or_else(|| lacks("region", "KS_CLOUD_REGION"))?;
    let name = settings.name.as_deref().or(name).unwrap_or(&settings.context);
    let ask = |arguments: &[&str], answers: &[(&'static str, Shape)]| Question {
        command: command("aws", arguments, &["--region", region, "--output", "json"]),
        answers: answers.to_vec(),
    };
    let account = [
        "iam",
        "get-account-authorization-details",
        "--filter",
        "Role",
        "LocalManagedPolicy",
        "AWSManagedPolicy",
    ];
    let questions = vec![
        ask(
            &["eks", "describe-cluster", "--name", name],
            &[("ClusterDescribe", Shape::Capitals)],
        ),
        ask(
            &["ecr", "describe-repositories"],
            &[("DescribeRepositories", Shape::Capitals)],
        ),
        ask(
            &account,
            &[
                ("ListEntitiesForPolicies", Shape::RolesOfPolicies),
                ("PolicyVersion", Shape::Policies),
            ],
        ),
    ];
    Ok((name.to_owned(), questions))
}

/// Name and region in a context: `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`, or eksctl's `USER@NAME.REGION.eksctl.io`.
fn eks_place(context: &str) -> (Option<&str>, Option<&str>) {
    if let Some(place) = context.strip_prefix("arn:") {
        return (
            place.rsplit_once('/').map(|(_, name)| name),
            place.split(':').nth(2),
        );
    }
    let place = context
        .strip_suffix(".eksctl.io")
        .map(|place| place.rsplit_once('@').map_or(place, |(_, place)| place))
        .and_then(|place| place.split_once('.'));
    (place.map(|(name, _)| name), place.map(|(_, region)| region))
}

/// `gke_PROJECT_LOCATION_NAME`; no part has an underscore.
fn gke(settings: &CloudSettings) -> Result<(String, Vec<Question>), String> {
    let parts: Vec<&str> = settings.context.split('_').collect();
    let (project, location, name) = match parts.as_slice() {
        ["gke", project, location, name] => (Some(*project), Some(*location), Some(*name)),
        _ => (None, None, None),
    };
    let project = settings
        .project
        .as_deref()
        .or(project)
        .ok_or_else(|| lacks("project", "KS_GKE_PROJECT"))?;
    let location = settings
        .region
        .as_deref()
        .or(location)
        .ok_or_else(|| lacks("location", "KS_CLOUD_REGION"))?;
    let name = settings.name.as_deref().or(name).unwrap_or(&settings.context);
    let of_cluster = ["container", "clusters", "describe", name];
    let ask = |arguments: &[&str], options: &[&str], kind, shape| Question {
        command: command("gcloud", arguments, options),
        answers: vec![(kind, shape)],
    };
    let questions = vec![
        ask(
            &of_cluster,
            &["--project", project, "--location", location, "--format", "json"],
            "ClusterDescribe",
            Shape::Underscores,
        ),
        ask(
            &["artifacts", "repositories", "list"],
            &["--project", project, "--format", "json"],
            "DescribeRepositories",
            Shape::Under("registries"),
        ),
        ask(
            &["projects", "get-iam-policy", project],
            &["--format", "json"],
            "ListEntitiesForPolicies",
            Shape::AsItIs,
        ),
    ];
    Ok((name.to_owned(), questions))
}

fn aks(settings: &CloudSettings) -> Result<(String, Vec<Question>), String> {
    let name = settings.name.as_deref().unwrap_or(&settings.context);
    let subscription = settings
        .subscription
        .as_deref()
        .ok_or_else(|| lacks("subscription", "AZURE_SUBSCRIPTION_ID"))?;
    let group = settings
        .resource_group
        .as_deref()
        .ok_or_else(|| lacks("resource group", "AZURE_RESOURCE_GROUP"))?;
    let cluster = format!(
        "resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}?api-version={AZURE_API}"
    );
    let rights =
        |list: &str| format!("providers/Microsoft.Authorization/{list}?api-version={AZURE_RIGHTS_API}");
    let ask = |path: &str, kind, shape| Question {
        command: command(
            "az",
            &[
                "rest",
                "--method",
                "get",
                "--url",
                &format!("/subscriptions/{subscription}/{path}"),
            ],
            &["--output", "json"],
        ),
        answers: vec![(kind, shape)],
    };
    let questions = vec![
        ask(&cluster, "ClusterDescribe", Shape::AsItIs),
        ask(
            &rights("roleAssignments"),
            "ListEntitiesForPolicies",
            Shape::Listed("roleAssignments"),
        ),
        ask(
            &rights("roleDefinitions"),
            "PolicyVersion",
            Shape::Listed("roleDefinitions"),
        ),
    ];
    Ok((name.to_owned(), questions))
}

fn command(program: &str, arguments: &[&str], options: &[&str]) -> CommandLine {
    std::iter::once(&program)
        .chain(arguments)
        .chain(options)
        .map(|part| (*part).to_owned())
        .collect()
}

fn lacks(what: &str, variable: &str) -> String {
    format!(
        "the provider is not asked about the cluster: its {what} is in neither the context nor the server's address; set {variable}"
    )
}
