using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Tests.Harness;

namespace Berth.Tests.Distribution.Conformance;

/// <summary>Manifests of the kinds that the specification tells apart, and the steps to push them.</summary>
internal static class Documents
{
    public const string EmptyConfig = "application/vnd.oci.empty.v1+json";

    /// <summary>An image manifest of the config <c>{}</c> and no layer, which is attached to <paramref name="subject"/> if that is given.</summary>
    public static JsonObject Artifact(string? subject, string? artifactType = "application/vnd.example.sbom.v1", string configType = EmptyConfig)
    {
        var document = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = RegistryClient.OciManifest,
            ["config"] = Descriptor(configType, RegistryClient.Sha256("{}"u8.ToArray()), 2),
            ["layers"] = new JsonArray(),
        };
        if (artifactType is not null)
            document["artifactType"] = artifactType;
        if (subject is not null)
            document["subject"] = Descriptor(RegistryClient.OciManifest, subject, 100);
        return document;
    }

    public static JsonObject Index(string? subject, params JsonNode[] children)
    {
        var document = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = RegistryClient.OciIndex, ["manifests"] = new JsonArray(children) };
        if (subject is not null)
            document["subject"] = Descriptor(RegistryClient.OciManifest, subject, 100);
        return document;
    }

    public static JsonObject Descriptor(string mediaType, string digest, long size) => new() { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = size };

    public static JsonObject With(this JsonObject document, string field, JsonNode value)
    {
        document[field] = value;
        return document;
    }

    public static string DigestOf(JsonObject document) => RegistryClient.Sha256(Encoding.UTF8.GetBytes(document.ToJsonString()));

    public static long SizeOf(JsonObject document) => Encoding.UTF8.GetByteCount(document.ToJsonString());

    /// <summary>A client of a fresh repository that has the blob <c>{}</c>.</summary>
    public static async Task<RegistryClient> Client(TestServer server)
    {
        var client = await RegistryClient.Fresh(server);
        await client.PushBlob("{}"u8.ToArray());
        return client;
    }

    /// <summary>Puts a document by its digest, or under a tag; fails the test unless it is taken. Returns its digest.</summary>
    public static async Task<string> Push(this RegistryClient client, JsonObject document, string? tag = null)
    {
        var digest = DigestOf(document);
        using var reply = await client.PutManifest(tag ?? digest, document.ToJsonString(), document["mediaType"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
        return digest;
    }
}
