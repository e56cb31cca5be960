{{- define "custom-scheduler.name" -}}
{{- default "kubrig-scheduler" .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "custom-scheduler.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "custom-scheduler.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "custom-scheduler.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "custom-scheduler.selectorLabels" -}}
app.kubernetes.io/name: {{ include "custom-scheduler.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "custom-scheduler.labels" -}}
{{ include "custom-scheduler.selectorLabels" . }}
app.kubernetes.io/component: kube-scheduler
app.kubernetes.io/part-of: kubrig
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "custom-scheduler.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "custom-scheduler.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "custom-scheduler.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "custom-scheduler.leaseNamespace" -}}
{{- if eq .Values.mode "replacement" }}kube-system{{ else }}{{ default .Release.Namespace .Values.leaderElection.resourceNamespace }}{{ end -}}
{{- end -}}

{{- define "custom-scheduler.leaseName" -}}
{{- if eq .Values.mode "replacement" }}kube-scheduler{{ else }}{{ .Values.leaderElection.resourceName }}{{ end -}}
{{- end -}}

{{- define "custom-scheduler.schedulerName" -}}
{{- if has .Values.mode (list "replacement" "shadow") }}default-scheduler{{ else if eq .Values.mode "extender" }}{{ include "custom-scheduler.fullname" . }}{{ else }}{{ .Values.schedulerName }}{{ end -}}
{{- end -}}

{{- define "custom-scheduler.configuration" -}}
{{- $profile := merge (dict "schedulerName" (include "custom-scheduler.schedulerName" .)) .Values.profile -}}
{{- $election := dict "leaderElect" (not (has .Values.mode (list "extender" "shadow"))) "resourceName" (include "custom-scheduler.leaseName" .) "resourceNamespace" (include "custom-scheduler.leaseNamespace" .) -}}
{{- merge (dict "apiVersion" "kubescheduler.config.k8s.io/v1" "kind" "KubeSchedulerConfiguration" "leaderElection" $election "profiles" (list $profile)) .Values.configuration | toYaml -}}
{{- end -}}
