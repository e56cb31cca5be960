/**
 * Configuration files of components ({@code KubeSchedulerConfiguration}, {@code KubeletConfiguration}, ...): YAML or JSON, read strictly.
 * Every error names the file, the line and the field.
 */
package io.kubrig.machinery.config;
