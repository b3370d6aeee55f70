namespace Berth.Server.Web;

/// <summary>What an artifact is called, by its type: types are known by parts of their names, since each tool has several versions of them.</summary>
internal static class ArtifactWords
{
    private static readonly (string Part, string Word)[] Known =
    [
        ("cosign.artifact.sig", "signature"), ("cncf.notary.signature", "signature"), ("simplesigning", "signature"), ("sigstore.bundle", "signature bundle"),
        ("cosign.artifact.sbom", "SBOM"), ("spdx", "SBOM"), ("cyclonedx", "SBOM"), ("syft", "SBOM"), ("in-toto", "attestation"), ("attestation", "attestation"),
        ("dsse", "attestation"), ("helm", "Helm chart"), ("wasm", "WebAssembly module"), ("sarif", "scan report"),
    ];

    public static string Of(string artifactType)
    {
        foreach (var (part, word) in Known)
        {
            if (artifactType.Contains(part, StringComparison.OrdinalIgnoreCase))
                return word;
        }
        return "artifact";
    }

    /// <summary>What cosign keeps under a tag with this ending.</summary>
    public static string OfTag(string tag) => tag[(tag.LastIndexOf('.') + 1)..] switch
    {
        "sig" => "signature",
        "att" => "attestation",
        _ => "SBOM",
    };
}
