{{- define "kcwatch.name" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains "kcwatch" .Release.Name -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-kcwatch" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "kcwatch.selector" -}}
app.kubernetes.io/name: kcwatch
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* metadata of an object: (list $ "-suffix" labels annotations) */ -}}
{{- define "kcwatch.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "kcwatch.name" $root }}{{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "kcwatch.selector" $root | nindent 2 }}
  app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ $root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
  {{- with merge (dict) (index . 2) $root.Values.commonLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (index . 3) $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "kcwatch.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "kcwatch.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "kcwatch.name" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{- /* The configuration, with what the chart decides. */ -}}
{{- define "kcwatch.config" -}}
{{- $ours := dict "state_file" "/var/lib/kcwatch/state.json" -}}
{{- if .Values.webConfig.secret -}}
{{- $_ := set $ours "web_config_file" (printf "/etc/kcwatch-web/%s" .Values.webConfig.key) -}}
{{- end -}}
{{ merge (deepCopy .Values.config) $ours | toYaml }}
{{- end }}
