variable "name" {
  type    = string
  default = "api"
}

variable "namespace" {
  type = string
}

variable "image" {
  default = { repository = "example.com/api", tag = "1.0" }
}

variable "settings" {
  default = { LOG_LEVEL = "info", PORT = 8080 }
}

variable "privileged" {
  default = true
}

variable "from_file" {
  default = "from the declaration"
}

locals {
  labels  = merge({ app = var.name }, local.more)
  more    = { team = upper("red"), size = length(var.settings) > 1 ? "big" : "small" }
  circle  = local.circle
  command = [for part in split(" ", "serve --verbose --port"): part if part != "--verbose"]
}

resource "kubernetes_namespace" "this" {
  metadata {
    name = "${var.name}-space"
  }
}

resource "kubernetes_service_account_v1" "this" {
  count = 2
  metadata {
    name      = "${var.name}-${count.index}"
    namespace = kubernetes_namespace.this.metadata[0].name
  }
}

resource "kubernetes_pod_v1" "this" {
  for_each = { blue = "b", green = "g" }

  metadata {
    name      = format("%s-%s", var.name, each.key)
    namespace = kubernetes_namespace.this.id
    labels    = local.labels
    annotations = {
      config  = jsonencode({ b = [1, true, null], a = "<x>" })
      unknown = var.namespace
      circle  = local.circle
      file    = var.from_file
      short   = each.value
    }
  }

  spec {
    service_account_name = kubernetes_service_account_v1.this[0].metadata.0.name

    container {
      name    = var.name
      image   = "${var.image.repository}:${var.image["tag"]}"
      command = concat(local.command, [tostring(var.settings.PORT)])

      dynamic "env" {
        for_each = var.settings
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "volume_mount" {
        for_each = toset(["logs", "cache"])
        iterator = mount
        content {
          name       = mount.key
          mount_path = "/var/${mount.value}"
        }
      }

      dynamic "port" {
        for_each = var.ports
        content {
          container_port = port.value
        }
      }

      security_context {
        privileged  = var.privileged
        run_as_user = try(var.user, 0)
      }

      args = [
        <<-EOT
          first
            second ${var.name}
        EOT
        ,
        <<EOT
%{ for key, value in var.settings ~}
${key}=${value}
%{ endfor ~}
%{ if var.privileged }all%{ else }some%{ endif }
EOT
        ,
        "$${not} a %%{template}",
      ]
    }
  }
}
