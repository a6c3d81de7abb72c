//! `render` shows what a scan would look at.

use insta::assert_snapshot;

use crate::Workspace;

#[test]
fn documents_as_they_were_written() {
    let workspace = Workspace::new(&[
        (
            "a.yaml",
            "# The shop.\napiVersion: v1\nkind: ConfigMap   # settings\nmetadata: {name: a}\ndata: &d\n  mode: \"0644\"\n\
             ---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: b   # in a list\n\
             ---\n  apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: c\n  data:\n    kept: |+\n      x\n\n",
        ),
        (
            "b.json",
            "{\n\t\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\",\n\t\"metadata\": {\"name\": \"j\"}\n}\n",
        ),
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/values.yaml", "mode: fast\n"),
        (
            "chart/templates/x.yaml",
            "{{- if true }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n---\n\
             # second\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  mode: {{ .Values.mode }}  # a value\n",
        ),
        ("k/kustomization.yaml", "resources: [cm.yaml]\nnamePrefix: p-\n"),
        (
            "k/cm.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: k # gone\n",
        ),
        (
            "t.tf",
            "resource \"kubernetes_namespace\" \"n\" {\n  metadata {\n    name = \"tf\"\n  }\n}\n",
        ),
    ]);
    assert_snapshot!("render", workspace.run_plain("render ."));
    assert_snapshot!("render_nothing", workspace.run_plain("render nowhere"));
}
