# Manifests stand as they are; a name that nobody knows does not become another.
resource "kubernetes_manifest" "literal" {
  manifest = {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata = {
      name   = "literal"
      labels = { "app.kubernetes.io/name" = "literal", snake_case = "kept" }
    }
    spec = {
      replicas = 2
      paused   = null
      template = {
        spec = {
          hostPID = true
          containers = [
            {
              name  = "one"
              image = "one:${local.version}"
            },
          ]
        }
      }
    }
  }
}

resource "kubernetes_manifest" "decoded" {
  manifest = yamldecode(<<-EOT
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: decoded
    data:
      mode: "0644"
  EOT
  )
}

resource "kubernetes_manifest" "file" {
  manifest = yamldecode(file("${path.module}/pod.yaml.tmpl"))
}

resource "kubernetes_manifest" "template" {
  manifest = yamldecode(templatefile("pod.yaml.tmpl", { name = "other" }))
}

resource "kubernetes_manifest" "outside" {
  manifest = yamldecode(file("/etc/hostname"))
}

locals {
  version = "1.${1 + 1}"
}
