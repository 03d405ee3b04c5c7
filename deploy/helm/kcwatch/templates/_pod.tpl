{{- /* What all pods have in common: no rights, a root that cannot be written. */ -}}
{{- define "kcwatch.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- with .Values.podSecurityContext }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kcwatch.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{- /* (list $ path) */ -}}
{{- define "kcwatch.knock" -}}
{{- $web := (index . 0).Values.webConfig -}}
{{- if and $web.secret $web.tls $web.clientCertificateRequired -}}
tcpSocket:
  port: http
{{- else -}}
httpGet:
  path: {{ index . 1 }}
  port: http
  {{- if and $web.secret $web.tls }}
  scheme: HTTPS
  {{- end }}
{{- end -}}
{{- end }}

{{- define "kcwatch.pod" -}}
metadata:
  labels:
    {{- include "kcwatch.selector" . | nindent 4 }}
    {{- with merge (dict) .Values.podLabels .Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- if not .Values.existingConfigMap }}
    # Most of the configuration is read anew while it runs; what is not needs a new pod.
    checksum/config: {{ pick (include "kcwatch.config" . | fromYaml) "listen" "log" "state_file" | toJson | sha256sum }}
    {{- end }}
    kubectl.kubernetes.io/default-container: kcwatch
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "kcwatch.serviceAccount" . }}
  # It asks nothing of the API server.
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "kcwatch.podSecurity" . | nindent 4 }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: kcwatch
      image: {{ include "kcwatch.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - serve
      {{- with .Values.extraEnv }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: 10037
          protocol: TCP
      # None of these asks about a store: an outage of Vault must not take away the metrics that tell of it.
      startupProbe:
        {{- include "kcwatch.knock" (list . "/-/healthy") | nindent 8 }}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 30
      livenessProbe:
        {{- include "kcwatch.knock" (list . "/-/healthy") | nindent 8 }}
        periodSeconds: 20
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        {{- include "kcwatch.knock" (list . "/-/ready") | nindent 8 }}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 3
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        {{- include "kcwatch.containerSecurity" . | nindent 8 }}
      # Directories, not single files: those would never be refreshed.
      volumeMounts:
        - name: config
          mountPath: /etc/kcwatch
          readOnly: true
        - name: state
          mountPath: /var/lib/kcwatch
        {{- range $path, $secret := .Values.secrets }}
        - name: {{ include "kcwatch.volume" $path }}
          mountPath: /run/secrets/{{ $path }}
          readOnly: true
        {{- end }}
        {{- if or .Values.extraCa.configMap .Values.extraCa.secret }}
        - name: ca
          mountPath: /run/secrets/ca
          readOnly: true
        {{- end }}
        {{- if .Values.vaultToken.enabled }}
        - name: vault
          mountPath: /run/secrets/vault
          readOnly: true
        {{- end }}
        {{- if .Values.webConfig.secret }}
        - name: web
          mountPath: /etc/kcwatch-web
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ .Values.existingConfigMap | default (include "kcwatch.name" .) }}
    {{- if not .Values.state.persistent }}
    # It outlives the container, not the pod.
    - name: state
      emptyDir:
        sizeLimit: {{ .Values.state.size }}
    {{- end }}
    {{- range $path, $secret := .Values.secrets }}
    - name: {{ include "kcwatch.volume" $path }}
      secret:
        {{- toYaml $secret | nindent 8 }}
    {{- end }}
    {{- if .Values.extraCa.configMap }}
    - name: ca
      configMap:
        name: {{ .Values.extraCa.configMap }}
    {{- else if .Values.extraCa.secret }}
    - name: ca
      secret:
        secretName: {{ .Values.extraCa.secret }}
    {{- end }}
    {{- if .Values.vaultToken.enabled }}
    - name: vault
      projected:
        sources:
          - serviceAccountToken:
              path: token
              audience: {{ .Values.vaultToken.audience | quote }}
              expirationSeconds: {{ .Values.vaultToken.expirationSeconds | int64 }}
    {{- end }}
    {{- if .Values.webConfig.secret }}
    - name: web
      secret:
        secretName: {{ .Values.webConfig.secret }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- /* The name of the volume of a path below /run/secrets; the sum keeps a-b and a/b apart. */ -}}
{{- define "kcwatch.volume" -}}
secret-{{ regexReplaceAll "[^a-z0-9]+" (lower .) "-" | trunc 40 | trimAll "-" }}-{{ sha256sum . | trunc 6 }}
{{- end }}
