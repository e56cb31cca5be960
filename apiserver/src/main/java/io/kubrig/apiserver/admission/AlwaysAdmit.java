package io.kubrig.apiserver.admission;

/** Refuses nothing; deprecated natively, kept because command lines name it. (Source: plugin/pkg/admission/admit.) */
public final class AlwaysAdmit implements AdmissionPlugin {
  @Override
  public String name() {
    return "AlwaysAdmit";
  }
}
