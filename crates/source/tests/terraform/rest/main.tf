# One of each other kind that rules look at.
resource "kubernetes_service" "web" {
  metadata { name = "web" }
  spec {
    type             = "LoadBalancer"
    selector         = { app = "web" }
    cluster_ip       = "None"
    external_ips     = ["1.2.3.4"]
    load_balancer_ip = "5.6.7.8"
    session_affinity_config {
      client_ip {
        timeout_seconds = 5
      }
    }
    port {
      name        = "http"
      port        = "80"
      target_port = "8080"
      node_port   = 30080
    }
    port {
      port        = 443
      target_port = "https"
    }
  }
}

resource "kubernetes_secret" "db" {
  metadata { name = "db" }
  type = "Opaque"
  data = {
    password = "hunter2"
  }
  binary_data = {
    key = "AAEC"
  }
}

resource "kubernetes_config_map_v1" "settings" {
  metadata { name = "settings" }
  data      = { port = 8080 }
  immutable = true
}

resource "kubernetes_service_account" "ci" {
  metadata { name = "ci" }
  automount_service_account_token = false
  secret { name = "token" }
  image_pull_secret { name = "registry" }
}

resource "kubernetes_default_service_account" "default" {
  metadata { namespace = "shop" }
  automount_service_account_token = true
}

resource "kubernetes_cluster_role_v1" "admin" {
  metadata { name = "admin" }
  rule {
    api_groups = ["*"]
    resources  = ["*"]
    verbs      = ["*"]
  }
  rule {
    non_resource_urls = ["/healthz"]
    verbs             = ["get"]
  }
  aggregation_rule {
    cluster_role_selectors {
      match_labels = { aggregate = "yes" }
    }
  }
}

resource "kubernetes_role_binding" "ci" {
  metadata { name = "ci" }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "admin"
  }
  subject {
    kind      = "ServiceAccount"
    name      = "ci"
    namespace = "shop"
  }
}

resource "kubernetes_ingress_v1" "web" {
  metadata { name = "web" }
  spec {
    ingress_class_name = "nginx"
    tls {
      hosts       = ["example.com"]
      secret_name = "tls"
    }
    default_backend {
      service {
        name = "web"
        port { number = 80 }
      }
    }
    rule {
      host = "example.com"
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = "web"
              port { name = "http" }
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_ingress" "old" {
  metadata { name = "old" }
  spec {
    backend {
      service_name = "web"
      service_port = 80
    }
    rule {
      http {
        path {
          path = "/"
          backend {
            service_name = "web"
            service_port = "http"
          }
        }
      }
    }
  }
}

resource "kubernetes_network_policy" "deny" {
  metadata { name = "deny" }
  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]
    ingress {
      from {
        namespace_selector {
          match_labels = { name = "shop" }
        }
      }
      from {
        ip_block {
          cidr   = "10.0.0.0/8"
          except = ["10.1.0.0/16"]
        }
      }
      ports {
        port     = "http"
        protocol = "TCP"
      }
      ports {
        port = "8080"
      }
    }
    egress {}
  }
}

resource "kubernetes_persistent_volume" "data" {
  metadata { name = "data" }
  spec {
    capacity     = { storage = "2Gi" }
    access_modes = ["ReadWriteMany"]
    persistent_volume_source {
      nfs {
        server = "nfs"
        path   = "/data"
      }
    }
    node_affinity {
      required {
        node_selector_term {
          match_expressions {
            key      = "zone"
            operator = "Exists"
          }
        }
      }
    }
  }
}

resource "kubernetes_limit_range" "limits" {
  metadata { name = "limits" }
  spec {
    limit {
      type            = "Container"
      default         = { cpu = "1" }
      default_request = { cpu = "500m" }
    }
  }
}

resource "kubernetes_resource_quota" "quota" {
  metadata { name = "quota" }
  spec {
    hard   = { pods = 10 }
    scopes = ["BestEffort"]
  }
}

resource "kubernetes_pod_disruption_budget_v1" "web" {
  metadata { name = "web" }
  spec {
    min_available = "1"
    selector {
      match_labels = { app = "web" }
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler_v2" "web" {
  metadata { name = "web" }
  spec {
    max_replicas = 3
    scale_target_ref {
      kind = "Deployment"
      name = "web"
    }
    metric {
      type = "Resource"
      resource {
        name = "cpu"
        target {
          type                = "Utilization"
          average_utilization = "80"
        }
      }
    }
    behavior {
      scale_down {
        policy {
          type           = "Pods"
          value          = 1
          period_seconds = 60
        }
      }
    }
  }
}

resource "kubernetes_horizontal_pod_autoscaler" "old" {
  metadata { name = "old" }
  spec {
    max_replicas                      = 3
    target_cpu_utilization_percentage = 80
  }
}

resource "kubernetes_storage_class" "fast" {
  metadata { name = "fast" }
  storage_provisioner    = "ebs.csi.aws.com"
  reclaim_policy         = "Retain"
  allow_volume_expansion = true
  parameters             = { type = "gp3" }
}

resource "kubernetes_priority_class" "high" {
  metadata { name = "high" }
  value          = 1000
  global_default = false
}

resource "kubernetes_pod_security_policy" "open" {
  metadata { name = "open" }
  spec {
    privileged                 = true
    allow_privilege_escalation = true
    volumes                    = ["*"]
    run_as_user {
      rule = "MustRunAs"
      range {
        min = 1
        max = 65535
      }
    }
    se_linux { rule = "RunAsAny" }
    allowed_host_paths {
      path_prefix = "/"
      read_only   = true
    }
    host_ports {
      min = 0
      max = 65535
    }
  }
}

resource "kubernetes_validating_webhook_configuration_v1" "hook" {
  metadata { name = "hook" }
  webhook {
    name                      = "hook.example.com"
    admission_review_versions = ["v1"]
    failure_policy            = "Ignore"
    side_effects              = "None"
    timeout_seconds           = "5"
    client_config {
      ca_bundle = "YWJj"
      service {
        name      = "hook"
        namespace = "shop"
        port      = 443
      }
    }
    rule {
      api_groups   = ["apps"]
      api_versions = ["v1"]
      operations   = ["CREATE"]
      resources    = ["deployments"]
    }
  }
}

# Not objects of their own.
resource "kubernetes_labels" "more" {
  api_version = "v1"
  kind        = "Namespace"
  metadata { name = "shop" }
  labels = { more = "yes" }
}

resource "aws_s3_bucket" "other" {
  bucket = "other"
}
