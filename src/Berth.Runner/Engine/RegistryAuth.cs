namespace Berth.Runner.Engine;

/// <summary>A login for one registry or for a path in it, and where it was found.</summary>
internal sealed record RegistryAuth(string Location, string Username, string Password, string Source)
{
    public string IdentityToken { get; init; } = "";
}
