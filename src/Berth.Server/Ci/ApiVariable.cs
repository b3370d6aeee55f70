namespace Berth.Server.Ci;

/// <summary>A CI variable as GitLab's API shows one.</summary>
internal sealed class ApiVariable(CiVariable variable)
{
    public string VariableType => variable.IsFile ? "file" : "env_var";
    public string Key => variable.Key;
    public string Value => variable.Value;
    public bool Protected => variable.Protected;
    public bool Masked => variable.Masked;
    public bool Raw => variable.Raw;
    public string EnvironmentScope => "*";
}
