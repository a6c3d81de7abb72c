# Every kind of workload, with the blocks whose names are irregular.
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
    labels = {
      app      = "web"
      revision = 3
    }
  }

  spec {
    replicas = "2"

    selector {
      match_labels = { app = "web" }
      match_expressions {
        key      = "tier"
        operator = "In"
        values   = ["front"]
      }
    }

    strategy {
      type = "RollingUpdate"
      rolling_update {
        max_surge       = "25%"
        max_unavailable = "1"
      }
    }

    template {
      metadata {
        labels      = { app = "web" }
        annotations = { "example.com/role" = "front" }
      }

      spec {
        host_pid                        = true
        host_ipc                        = "true"
        host_network                    = false
        automount_service_account_token = false
        service_account_name            = "web"
        dns_policy                      = "ClusterFirst"
        node_selector                   = { "kubernetes.io/os" = "linux" }

        security_context {
          fs_group        = "2000"
          run_as_non_root = true
          se_linux_options {
            level = "s0:c1"
          }
          seccomp_profile {
            type = "RuntimeDefault"
          }
          sysctl {
            name  = "net.core.somaxconn"
            value = 1024
          }
        }

        init_container {
          name    = "init"
          image   = "busybox:1.36"
          command = ["sh", "-c", "true"]
        }

        container {
          name              = "web"
          image             = "nginx:1.27"
          image_pull_policy = "Always"
          args              = ["--port", 8080]

          security_context {
            privileged                 = true
            allow_privilege_escalation = false
            read_only_root_filesystem  = true
            run_as_user                = "0"
            capabilities {
              add  = ["NET_ADMIN"]
              drop = ["ALL"]
            }
          }

          port {
            name           = "http"
            container_port = 8080
            host_port      = 80
          }
          port {
            container_port = 8443
            host_ip        = "127.0.0.1"
          }

          env {
            name  = "LEVEL"
            value = 5
          }
          env {
            name = "PASSWORD"
            value_from {
              secret_key_ref {
                name     = "db"
                key      = "password"
                optional = "false"
              }
            }
          }
          env_from {
            config_map_ref {
              name = "settings"
            }
          }

          resources {
            limits   = { cpu = "500m", memory = "128Mi" }
            requests = { cpu = 1 }
          }

          liveness_probe {
            http_get {
              path = "/live"
              port = "8080"
              http_header {
                name  = "X-Probe"
                value = "yes"
              }
            }
            period_seconds = 5
          }
          readiness_probe {
            tcp_socket {
              port = "http"
            }
          }
          startup_probe {
            grpc {
              port = 9000
            }
          }
          lifecycle {
            pre_stop {
              exec {
                command = ["sleep", "5"]
              }
            }
          }

          volume_mount {
            name       = "host"
            mount_path = "/host"
            read_only  = true
          }
        }

        volume {
          name = "host"
          host_path {
            path = "/var/run/docker.sock"
            type = "Socket"
          }
        }
        volume {
          name = "secret"
          secret {
            secret_name  = "db"
            default_mode = "0400"
            items {
              key  = "password"
              path = "password"
              mode = "0644"
            }
          }
        }
        volume {
          name = "all"
          projected {
            sources {
              service_account_token {
                path               = "token"
                expiration_seconds = 3600
              }
            }
            sources {
              downward_api {
                items {
                  path = "labels"
                  field_ref {
                    field_path = "metadata.labels"
                  }
                }
              }
            }
          }
        }
        volume {
          name = "scratch"
          ephemeral {
            volume_claim_template {
              spec {
                access_modes = ["ReadWriteOnce"]
              }
            }
          }
        }

        toleration {
          key                = "dedicated"
          operator           = "Exists"
          toleration_seconds = "30"
        }
        image_pull_secrets {
          name = "registry"
        }
        host_aliases {
          ip        = "10.0.0.1"
          hostnames = ["db"]
        }
        dns_config {
          nameservers = ["1.1.1.1"]
          option {
            name  = "ndots"
            value = 1
          }
        }
        affinity {
          node_affinity {
            required_during_scheduling_ignored_during_execution {
              node_selector_term {
                match_expressions {
                  key      = "zone"
                  operator = "Exists"
                }
              }
            }
            preferred_during_scheduling_ignored_during_execution {
              weight = 1
              preference {
                match_expressions {
                  key      = "disk"
                  operator = "In"
                  values   = ["ssd"]
                }
              }
            }
          }
          pod_anti_affinity {
            required_during_scheduling_ignored_during_execution {
              topology_key = "kubernetes.io/hostname"
              label_selector {
                match_labels = { app = "web" }
              }
            }
          }
        }
        topology_spread_constraint {
          max_skew           = 1
          topology_key       = "zone"
          when_unsatisfiable = "DoNotSchedule"
        }
      }
    }
  }

  wait_for_rollout = false
  timeouts {
    create = "10m"
  }
  lifecycle {
    ignore_changes = [metadata]
  }
}

resource "kubernetes_pod" "one" {
  metadata {
    name = "one"
  }
  spec {
    container {
      name  = "one"
      image = "one"
    }
  }
}

resource "kubernetes_daemonset" "agent" {
  metadata {
    name = "agent"
  }
  spec {
    strategy {
      type = "OnDelete"
    }
    selector {}
    template {
      metadata {}
      spec {
        host_network = true
      }
    }
  }
}

resource "kubernetes_stateful_set_v1" "db" {
  metadata {
    name = "db"
  }
  spec {
    service_name = "db"
    update_strategy {
      type = "RollingUpdate"
      rolling_update {
        partition = 0
      }
    }
    volume_claim_template {
      metadata {
        name = "data"
      }
      spec {
        access_modes       = ["ReadWriteOnce"]
        storage_class_name = "fast"
        resources {
          requests = { storage = "1Gi" }
        }
      }
    }
  }
}

resource "kubernetes_job" "once" {
  metadata {
    name = "once"
  }
  spec {
    backoff_limit = 4
    template {
      metadata {}
      spec {
        restart_policy = "Never"
      }
    }
  }
}

resource "kubernetes_cron_job_v1" "often" {
  metadata {
    name = "often"
  }
  spec {
    schedule                      = "* * * * *"
    timezone                      = "Etc/UTC"
    successful_jobs_history_limit = 1
    suspend                       = false
    job_template {
      metadata {}
      spec {
        ttl_seconds_after_finished = "10"
        template {
          metadata {}
          spec {
            container {
              name  = "often"
              image = "often"
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_replication_controller" "old" {
  metadata {
    name = "old"
  }
  spec {
    selector = { app = "old" }
    template {
      metadata {
        labels = { app = "old" }
      }
      spec {
        share_process_namespace = true
      }
    }
  }
}
