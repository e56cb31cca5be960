package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.regex.Pattern;

/** What pods and containers may say of Windows: accounts, credentials, and containers that are processes of the host. */
final class WindowsRules {
  private static final int MAX_CREDENTIALS_KIB = 64;
  private static final int MAX_DOMAIN = 256;
  private static final int MAX_USER = 104;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern NET_BIOS = Pattern.compile("[^\\\\/:*?\"<>|.][^\\\\/:*?\"<>|]{0,14}");
  private static final Pattern DNS =
      Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*");
  private static final Pattern NOT_IN_USERS = Pattern.compile("[\"/\\\\:;|=,+*?<>@\\[\\]]");

  private WindowsRules() {}

  /** The member windowsOptions of a security context, where there is one. */
  static void options(Tree context, FieldPath contextPath, FieldErrors errors) {
    if (!(context.get("windowsOptions") instanceof Tree options)) {
      return;
    }
    FieldPath path = contextPath.child("windowsOptions");
    if (options.get("gmsaCredentialSpecName") instanceof String name) {
      Names.dnsSubdomain(name).forEach(text -> errors.invalid(path.child("gmsaCredentialSpecName"), name, text));
    }
    if (options.get("gmsaCredentialSpec") instanceof String credentials) {
      FieldPath at = path.child("gmsaCredentialSpec");
      if (credentials.isEmpty()) {
        errors.invalid(at, credentials, "gmsaCredentialSpec cannot be an empty string");
      } else if (credentials.length() > MAX_CREDENTIALS_KIB << 10) {
        errors.invalid(at, credentials, "gmsaCredentialSpec size must be under " + MAX_CREDENTIALS_KIB + " KiB");
      }
    }
    if (options.get("runAsUserName") instanceof String account) {
      account(account, path.child("runAsUserName"), errors);
    }
  }

  private static void account(String account, FieldPath path, FieldErrors errors) {
    String[] parts = account.split("\\\\", -1);
    if (account.isEmpty()) {
      errors.invalid(path, account, "runAsUserName cannot be an empty string");
    } else if (CONTROL.matcher(account).find()) {
      errors.invalid(path, account, "runAsUserName cannot contain control characters");
    } else if (parts.length > 2) {
      errors.invalid(path, account, "runAsUserName cannot contain more than one backslash");
    } else {
      if (parts.length == 2) {
        domain(parts[0], account, path, errors);
      }
      user(parts[parts.length - 1], account, path, errors);
    }
  }

  private static void domain(String domain, String account, FieldPath path, FieldErrors errors) {
    if (domain.length() >= MAX_DOMAIN) {
      errors.invalid(path, account, "runAsUserName's Domain length must be under " + MAX_DOMAIN + " characters");
    }
    if (!NET_BIOS.matcher(domain).matches() && !DNS.matcher(domain).matches()) {
      errors.invalid(path, account, "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
  }

  private static void user(String user, String account, FieldPath path, FieldErrors errors) {
    if (user.isEmpty()) {
      errors.invalid(path, account, "runAsUserName's User cannot be empty");
    } else if (user.length() > MAX_USER) {
      errors.invalid(path, account, "runAsUserName's User length must not be longer than " + MAX_USER + " characters");
    }
    if (user.matches("[. ]+")) {
      errors.invalid(path, account, "runAsUserName's User cannot contain only periods or spaces");
    }
    if (NOT_IN_USERS.matcher(user).find()) {
      errors.invalid(path, account, "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
  }

  /** Where one container is a process of the host, all are, on its network. */
  static void hostProcess(Tree spec, Scope scope, FieldPath path, FieldErrors errors) {
    Object ofPod = spec.tree("securityContext").tree("windowsOptions").get("hostProcess");
    int containers = 0;
    int onHost = 0;
    for (String list : PodDefaults.CONTAINER_LISTS) {
      List<Tree> all = spec.trees(list);
      for (int i = 0; i < all.size(); i++) {
        Object own = all.get(i).at("securityContext", "windowsOptions").get("hostProcess");
        if (ofPod != null && own != null && !ofPod.equals(own)) {
          errors.invalid(
              path.child(list).index(i).child("securityContext", "windowsOptions", "hostProcess"),
              own,
              "pod hostProcess value must be identical if both are specified, was " + ofPod);
        }
        containers++;
        onHost += Boolean.TRUE.equals(own == null ? ofPod : own) ? 1 : 0;
      }
    }
    if (onHost == 0) {
      return;
    }
    if (onHost != containers) {
      errors.invalid(path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers");
    }
    if (!spec.bool("hostNetwork")) {
      errors.invalid(path.child("hostNetwork"), false, "hostNetwork must be true if pod contains any hostProcess containers");
    }
    if (!scope.allowPrivileged()) {
      errors.forbidden(path, "hostProcess containers are disallowed by cluster policy");
    }
  }
}
