using Berth.Oci;

namespace Berth.Server.Images;

/// <summary>The tags under which cosign keeps what it attaches where it uses no referrers (cosign 1, and 2 by default): sha256-HEX.sig and the like.</summary>
internal static class CosignTags
{
    private static readonly string[] Endings = [".sig", ".att", ".sbom"];

    /// <summary>Artifact types of signatures: cosign's with and without bundle, and Notary's.</summary>
    public static readonly string[] SignatureTypes =
        ["application/vnd.dev.cosign.artifact.sig.v1+json", "application/vnd.dev.sigstore.bundle.v0.3+json", "application/vnd.cncf.notary.signature"];

    public static string[] Of(Digest subject) => [.. Endings.Select(ending => Name(subject, ending))];

    public static string SignatureOf(Digest subject) => Name(subject, Endings[0]);

    private static string Name(Digest subject, string ending) => $"{subject.ToString().Replace(':', '-')}{ending}";
}
