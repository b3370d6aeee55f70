using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>/v2/NAME/manifests/REFERENCE (distribution-spec end-3, end-7, end-9).</summary>
internal static class ManifestEndpoints
{
    public static void MapManifests(this IEndpointRouteBuilder routes)
    {
        const string Route = "/v2/{name}/manifests/{reference}";
        routes.MapGet(Route, Get).WithMetadata(new AccessRule.Repository(RegistryActions.Pull));
        routes.MapMethods(Route, [HttpMethods.Head], Head).WithMetadata(new AccessRule.Repository(RegistryActions.Pull));
        // The limit's own answer comes from here and says what to do. Kestrel reads what is left of a body that is over it, if that is
        // no more than this: it would reset the connection otherwise, and a client that still sends often loses the answer.
        routes.MapPut(Route, Put).WithMetadata(new AccessRule.Repository(RegistryActions.Push, Creates: true), new BodyLimit(4L * OciLimits.MaxManifestBytes));
        routes.MapDelete(Route, Delete).WithMetadata(new AccessRule.Repository(RegistryActions.Delete));
    }

    private static async Task Head(RepositoryAccess access, string reference, HttpContext context, Manifests manifests, ManifestContents contents)
    {
        if (await Find(access, reference, context, manifests, mayWait: true) is not var (_, manifest))
            return;
        // Looked at too: of damaged bytes the client must not be told that it need not push them.
        if (await contents.Read(manifest.Digest, context.RequestAborted) is not { } content)
            await Damaged(access, reference, context.Response);
        else if (!IsKnown(context))
            context.Response.ContentLength = content.Length;
    }

    private static async Task Get(
        RepositoryAccess access, string reference, HttpContext context, Manifests manifests, ManifestContents contents, DistributionMetrics metrics, ILogger<Manifests> log)
    {
        if (await Find(access, reference, context, manifests, mayWait: false) is not var (wanted, manifest) || IsKnown(context))
            return;
        var response = context.Response;
        if (await contents.Read(manifest.Digest, context.RequestAborted) is not { } content)
        {
            await Damaged(access, reference, response);
            return;
        }
        response.ContentLength = content.Length;
        await response.BodyWriter.WriteAsync(content, context.RequestAborted);
        metrics.ManifestPulled();
        log.LogPulled(context, access, wanted, manifest.Digest, content.Length);
    }

    private static async Task<IResult> Put(
        RepositoryAccess access, string reference, HttpContext context, Manifests manifests, DistributionMetrics metrics, ILogger<Manifests> log)
    {
        if (!Reference.TryParse(reference, out var wanted))
            return BadReference(reference);
        if (!TryReadTags(context.Request, wanted, out var tags, out var refusal))
            return refusal;
        if (await ReadBody(context) is not { } content)
            return RegistryError.ManifestTooLarge(OciLimits.MaxManifestBytes);
        var upload = new ManifestUpload(wanted, tags, WriteCondition.Of(context.Request), context.Request.ContentType, content);
        switch (await manifests.Put(access, upload))
        {
            case PutManifestOutcome.Stored stored:
                WriteStored(context.Response, access, stored, tags);
                metrics.ManifestPushed();
                log.LogPushed(context, access, wanted, stored.Digest, content.Length);
                return Results.StatusCode(StatusCodes.Status201Created);
            case PutManifestOutcome.Invalid invalid:
                return RegistryError.ManifestInvalid(invalid.Message);
            case PutManifestOutcome.WrongDigest wrong:
                return RegistryError.DigestMismatch(wrong.Wanted, wrong.Actual);
            case PutManifestOutcome.MissingReferences missing:
                return RegistryError.ManifestReferenceUnknown(missing.Digests);
            case PutManifestOutcome.RepositoryGone:
                return RegistryError.NameUnknown(access.Name);
            case PutManifestOutcome.ConditionFailed:
                return RegistryError.ConditionFailed(reference);
            default:
                throw new InvalidOperationException("Unknown outcome.");
        }
    }

    private static void WriteStored(HttpResponse response, RepositoryAccess access, PutManifestOutcome.Stored stored, IReadOnlyList<Tag> tags)
    {
        response.Headers.Location = $"/v2/{access.Name}/manifests/{stored.Digest}";
        response.Headers["Docker-Content-Digest"] = stored.Digest.ToString();
        response.Headers.ETag = EntityTags.Of(stored.Digest);
        // Clients that do not see it keep a list of referrers themselves, under a tag.
        if (stored.Subject is { } subject)
            response.Headers["OCI-Subject"] = subject.ToString();
        if (tags.Count > 0)
            response.Headers["OCI-Tag"] = string.Join(", ", tags);
    }

    /// <summary>The tags of ?tag=, which the specification knows with a digest alone; with a tag they mean nothing, and no OCI-Tag says they did.</summary>
    private static bool TryReadTags(HttpRequest request, Reference reference, out IReadOnlyList<Tag> tags, out IResult refusal)
    {
        (tags, refusal) = ([], Results.Empty);
        var given = request.Query["tag"];
        if (reference.Digest is null || given.Count == 0)
            return true;
        var read = new List<Tag>(Math.Min(given.Count, OciLimits.MaxTagParameters));
        foreach (var text in given)
        {
            if (!Tag.TryParse(text, out var tag))
            {
                refusal = RegistryError.TagInvalid(text ?? "");
                return false;
            }
            if (read.Contains(tag))
                continue;
            if (read.Count == OciLimits.MaxTagParameters)
            {
                refusal = RegistryError.TooManyTags(OciLimits.MaxTagParameters);
                return false;
            }
            read.Add(tag);
        }
        tags = read;
        return true;
    }

    private static async Task<IResult> Delete(RepositoryAccess access, string reference, HttpContext context, Manifests manifests, ILogger<Manifests> log)
    {
        if (!Reference.TryParse(reference, out var wanted))
            return BadReference(reference);
        var outcome = wanted.Digest is { } digest ? await manifests.DeleteManifest(access, digest) : await manifests.DeleteTag(access, wanted.Tag!.Value);
        switch (outcome)
        {
            case ManifestDeletion.Deleted:
                log.LogDeleted(context, access, wanted);
                return Results.StatusCode(StatusCodes.Status202Accepted);
            case ManifestDeletion.InUse use:
                return RegistryError.Unsupported($"manifest {wanted} belongs to the index {use.Parent}: delete the index first");
            default:
                return RegistryError.ManifestUnknown(access.Name, reference);
        }
    }

    /// <summary>The manifest with its headers written; null if the answer was an error.</summary>
    private static async ValueTask<(Reference Wanted, Manifest Manifest)?> Find(RepositoryAccess access, string reference, HttpContext context, Manifests manifests, bool mayWait)
    {
        var response = context.Response;
        if (!Reference.TryParse(reference, out var wanted))
        {
            await BadReference(reference).Write(response);
            return null;
        }
        if (await manifests.Find(access, wanted, mayWait, context.RequestAborted) is not { } manifest)
        {
            await RegistryError.ManifestUnknown(access.Name, reference).Write(response);
            return null;
        }
        response.ContentType = manifest.MediaType;
        response.Headers["Docker-Content-Digest"] = manifest.Digest.ToString();
        response.Headers.ETag = manifest.EntityTag;
        ContentHeaders.Sandbox(response);
        return (wanted, manifest);
    }

    /// <summary>Whether the client has the manifest already and was answered with 304.</summary>
    private static bool IsKnown(HttpContext context)
    {
        if (!EntityTags.Match(context.Request.Headers.IfNoneMatch, context.Response.Headers.ETag.ToString()))
            return false;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    /// <summary>Bytes that are not as they were received are absent to everyone, so that clients push them again.</summary>
    private static Task Damaged(RepositoryAccess access, string reference, HttpResponse response)
    {
        response.Headers.Clear();
        return RegistryError.ManifestUnknown(access.Name, reference).Write(response);
    }

    private static RegistryError BadReference(string reference) =>
        reference.Contains(':', StringComparison.Ordinal) ? RegistryError.DigestInvalid(reference) : RegistryError.TagInvalid(reference);

    /// <summary>The body, which has to be whole for its digest; null if it is over the limit.</summary>
    private static async Task<byte[]?> ReadBody(HttpContext context)
    {
        if (context.Request.ContentLength > OciLimits.MaxManifestBytes)
            return null;
        using var content = new MemoryStream((int)(context.Request.ContentLength ?? 4096));
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            foreach (var piece in read.Buffer)
                content.Write(piece.Span);
            body.AdvanceTo(read.Buffer.End);
            if (content.Length > OciLimits.MaxManifestBytes)
                return null;
            if (read.IsCompleted)
                return content.ToArray();
        }
    }
}
