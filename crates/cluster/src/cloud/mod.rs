//! What a cloud provider says of its cluster, asked through the provider's own command line program: it knows the user's
//! credentials in all their forms (profiles, single sign-on, metadata services).

mod answer;
mod iam;
mod names;
mod program;

use kubescape_model::Resource;

pub use names::CloudSettings;
pub use program::run_program;

/// A command line: the program, then its arguments.
pub type CommandLine = Vec<String>;

/// What the provider said, and what could not be asked.
#[derive(Debug, Default)]
pub struct Descriptions {
    /// The descriptions, as rules look at them.
    pub resources: Vec<Resource>,
    /// Why something is missing, for the user.
    pub warnings: Vec<String>,
}

/// A question to a provider.
struct Question {
    command: CommandLine,
    /// Kinds of the descriptions that its answer holds, and how the program's JSON becomes their data.
    answers: Vec<(&'static str, answer::Shape)>,
}

/// Asks the provider (`eks`, `gke` or `aks`) of a cluster. `run` gives the standard output of a command line, or why
/// there is none.
pub fn describe(
    provider: &str,
    settings: &CloudSettings,
    run: &dyn Fn(&CommandLine) -> Result<String, String>,
) -> Descriptions {
    let mut descriptions = Descriptions::default();
    let (name, questions) = match names::questions(provider, settings) {
        Ok(found) => found,
        Err(why) => {
            descriptions.warnings.push(why);
            return descriptions;
        }
    };
    for question in questions {
        let read = |text: String| -> Result<Vec<Resource>, String> {
            let answer = answer::read(&text)?;
            let answers = question.answers.iter();
            answers
                .map(|(kind, shape)| answer::resource(&answer, *shape, provider, kind, &name))
                .collect()
        };
        match run(&question.command).and_then(read) {
            Ok(resources) => descriptions.resources.extend(resources),
            Err(why) => {
                let kinds: Vec<&str> = question.answers.iter().map(|(kind, _)| *kind).collect();
                descriptions.warnings.push(format!(
                    "{} of the cluster is not known: `{}`: {why}",
                    kinds.join(", "),
                    question.command.join(" ")
                ));
            }
        }
    }
    descriptions
}

#[cfg(test)]
mod tests {
    use kubescape_yaml::{JsonStyle, write_json};

    use super::*;

    /// Each question with its answer, and the objects and warnings that come of it.
    #[track_caller]
    fn check(provider: &str, context: &str, server: &str, answers: &[(&str, &str)], expected: &[&str]) {
        let settings = CloudSettings {
            context: context.to_owned(),
            server: server.to_owned(),
            subscription: Some("sub".to_owned()),
            resource_group: Some("rg".to_owned()),
            ..CloudSettings::default()
        };
        let run = |command: &CommandLine| {
            let line = command.join(" ");
            let known = answers.iter().find(|(question, _)| line.starts_with(question));
            known
                .map(|(_, answer)| (*answer).to_owned())
                .ok_or_else(|| "not installed".to_owned())
        };
        let descriptions = describe(provider, &settings, &run);
        let mut found: Vec<String> = descriptions
            .resources
            .iter()
            .map(|resource| {
                let mut json = String::new();
                write_json(&resource.object.node(), JsonStyle::default(), &mut json);
                json
            })
            .collect();
        found.extend(descriptions.warnings);
        assert_eq!(found, expected);
    }

    #[test]
    fn eks() {
        check(
            "eks",
            "arn:aws:eks:eu-west-1:123456789012:cluster/shop",
            "",
            &[
                (
                    "aws eks describe-cluster --name shop --region eu-west-1 --output json",
                    r#"{"cluster":{"name":"shop","tags":{"owner":"me"},"resourcesVpcConfig":{"endpointPublicAccess":true}}}"#,
                ),
                (
                    "aws ecr describe-repositories",
                    r#"{"repositories":[{"repositoryName":"a"}]}"#,
                ),
                (
                    "aws iam get-account-authorization-details --filter Role LocalManagedPolicy AWSManagedPolicy --region",
                    r#"{"RoleDetailList":[{"RoleName":"shop-NodeInstanceRole","RoleId":"R1","AttachedManagedPolicies":[{"PolicyName":"pull","PolicyArn":"arn:pull"}]},{"RoleName":"other","AttachedManagedPolicies":[]}],
                        "Policies":[{"Arn":"arn:pull","DefaultVersionId":"v2","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":false,"Document":{"Statement":[]}},{"VersionId":"v2","IsDefaultVersion":true,"Document":{"Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":"*"}]}}]}]}"#,
                ),
            ],
            &[
                r#"{"apiVersion":"eks.amazonaws.com/v1","kind":"ClusterDescribe","metadata":{"name":"shop","provider":"eks"},"data":{"Cluster":{"Name":"shop","Tags":{"owner":"me"},"ResourcesVpcConfig":{"EndpointPublicAccess":true}}}}"#,
                r#"{"apiVersion":"eks.amazonaws.com/v1","kind":"DescribeRepositories","metadata":{"name":"shop","provider":"eks"},"data":{"Repositories":[{"RepositoryName":"a"}]}}"#,
                r#"{"apiVersion":"eks.amazonaws.com/v1","kind":"ListEntitiesForPolicies","metadata":{"name":"shop","provider":"eks"},"data":{"rolesPolicies":{"arn:pull":{"PolicyRoles":[{"RoleName":"shop-NodeInstanceRole","RoleId":"R1"}]}}}}"#,
                r#"{"apiVersion":"eks.amazonaws.com/v1","kind":"PolicyVersion","metadata":{"name":"shop","provider":"eks"},"data":{"policiesDocuments":{"arn:pull":{"Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":"*"}]}}}}"#,
            ],
        );
    }

    #[test]
    fn gke() {
        check(
            "gke",
            "gke_project_europe-west1_shop",
            "",
            &[
                (
                    "gcloud container clusters describe shop --project project --location europe-west1 --format json",
                    r#"{"databaseEncryption":{"state":"DECRYPTED"},"resourceLabels":{"costCenter":"x"}}"#,
                ),
                (
                    "gcloud artifacts repositories list",
                    r#"[{"vulnerabilityScanningConfig":{}}]"#,
                ),
                (
                    "gcloud projects get-iam-policy project --format json",
                    r#"{"bindings":[{"role":"roles/viewer","members":["user:a@example.com"]}]}"#,
                ),
            ],
            &[
                r#"{"apiVersion":"container.googleapis.com/v1","kind":"ClusterDescribe","metadata":{"name":"shop","provider":"gke"},"data":{"database_encryption":{"state":"DECRYPTED"},"resource_labels":{"costCenter":"x"}}}"#,
                r#"{"apiVersion":"container.googleapis.com/v1","kind":"DescribeRepositories","metadata":{"name":"shop","provider":"gke"},"data":{"registries":[{"vulnerabilityScanningConfig":{}}]}}"#,
                r#"{"apiVersion":"container.googleapis.com/v1","kind":"ListEntitiesForPolicies","metadata":{"name":"shop","provider":"gke"},"data":{"bindings":[{"role":"roles/viewer","members":["user:a@example.com"]}]}}"#,
            ],
        );
    }

    #[test]
    fn aks() {
        check(
            "aks",
            "shop",
            "",
            &[
                (
                    "az rest --method get --url /subscriptions/sub/resourceGroups/rg/",
                    r#"{"properties":{"enableRBAC":true}}"#,
                ),
                (
                    "az rest --method get --url /subscriptions/sub/providers/Microsoft.Authorization/roleAssignments?",
                    r#"{"value":[{"properties":{"principalType":"ServicePrincipal","roleDefinitionId":"/r/1"}}]}"#,
                ),
                (
                    "az rest --method get --url /subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions?",
                    r#"{"value":[{"id":"/r/1","properties":{"permissions":[{"actions":["*/read"]}]}}]}"#,
                ),
            ],
            &[
                r#"{"apiVersion":"management.azure.com/v1","kind":"ClusterDescribe","metadata":{"name":"shop","provider":"aks"},"data":{"properties":{"enableRBAC":true}}}"#,
                r#"{"apiVersion":"management.azure.com/v1","kind":"ListEntitiesForPolicies","metadata":{"name":"shop","provider":"aks"},"data":{"roleAssignments":[{"properties":{"principalType":"ServicePrincipal","roleDefinitionId":"/r/1"}}]}}"#,
                r#"{"apiVersion":"management.azure.com/v1","kind":"PolicyVersion","metadata":{"name":"shop","provider":"aks"},"data":{"roleDefinitions":[{"id":"/r/1","properties":{"permissions":[{"actions":["*/read"]}]}}]}}"#,
            ],
        );
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        check(
            "eks",
            "prod",
            "https://10.0.0.1",
            &[],
            &[
                "the provider is not asked about the cluster: its region is in neither the context nor the server's address; set KS_CLOUD_REGION",
            ],
        );
        check(
            "eks",
            "admin@shop.eu-west-1.eksctl.io",
            "",
            &[("aws ecr", "no json")],
            &[
                "ClusterDescribe of the cluster is not known: `aws eks describe-cluster --name shop --region eu-west-1 --output json`: not installed",
                "DescribeRepositories of the cluster is not known: `aws ecr describe-repositories --region eu-west-1 --output json`: the answer is no JSON: line 1, column 1: expected a JSON value",
                "ListEntitiesForPolicies, PolicyVersion of the cluster is not known: `aws iam get-account-authorization-details --filter Role LocalManagedPolicy AWSManagedPolicy --region eu-west-1 --output json`: not installed",
            ],
        );
    }
}
