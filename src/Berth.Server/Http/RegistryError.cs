using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Oci;

namespace Berth.Server.Http;

/// <summary>
/// An error of the registry protocol: a code, and the status and words that go with it (distribution-spec 1.1, "Error Codes", and
/// distribution's own for what the spec leaves open). The catalogue below is the only place where they are made.
/// </summary>
internal sealed record RegistryError(int Status, string Code, string Message, object? Detail = null) : IResult
{
    /// <summary>Quotes and angle brackets as they are: no page holds this text, and skopeo 1.9 prints the body as it comes when a delete fails.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static RegistryError Unauthorized(string message) => new(401, "UNAUTHORIZED", message);

    public static RegistryError Denied(string message, int status = 403) => new(status, "DENIED", message);

    public static RegistryError Unsupported(string message, int status = 405) => new(status, "UNSUPPORTED", message);

    public static RegistryError NameInvalid(string name) => new(400, "NAME_INVALID",
        $"'{Shorten(name)}' is no image name: lower-case letters, digits and single separators (. _ __ -) between slashes, at most {RepositoryName.MaxLength} characters");

    public static RegistryError NameUnknown(RepositoryName name) => new(404, "NAME_UNKNOWN", $"repository '{name}' has no content yet: push to it first");

    public static RegistryError ManifestUnknown(RepositoryName name, string reference) => new(404, "MANIFEST_UNKNOWN",
        $"no manifest '{Shorten(reference)}' in '{name}'");

    public static RegistryError TagInvalid(string tag) => new(400, "TAG_INVALID",
        $"'{Shorten(tag)}' is no tag: up to {Tag.MaxLength} letters, digits, '_', '.' and '-', beginning with a letter, digit or '_'");

    public static RegistryError ManifestInvalid(string message) => new(400, "MANIFEST_INVALID", message);

    public static RegistryError ManifestTooLarge(long limit) => new(413, "SIZE_INVALID",
        $"the manifest is over {limit / (1024 * 1024)} MiB, the most that is taken: move what is large into a blob");

    public static RegistryError TooManyTags(int limit) => new(414, "TAG_INVALID", $"more than {limit} tags in one request: put the manifest again with the others");

    public static RegistryError ConditionFailed(string reference) => new(412, "UNKNOWN",
        $"'{Shorten(reference)}' is not, or no longer, what If-Match or If-None-Match demands: read it again, then decide anew; nothing was changed");

    public static RegistryError AlgorithmUnknown(string algorithm) => new(400, "DIGEST_INVALID", $"'{Shorten(algorithm)}' is no digest algorithm here: sha256 or sha512");

    public static RegistryError ManifestReferenceUnknown(IReadOnlyList<Digest> missing) => new(400, "MANIFEST_BLOB_UNKNOWN",
        $"the manifest references content that this repository does not have: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? $" and {missing.Count - 5} more" : "")}; push it first",
        missing.Select(digest => new { digest = digest.ToString() }).ToArray());

    public static RegistryError BlobUnknown(RepositoryName name, string digest) => new(404, "BLOB_UNKNOWN", $"no blob {Shorten(digest)} in '{name}'");

    public static RegistryError BlobInUse(Digest digest) => new(405, "UNSUPPORTED",
        $"blob {digest} belongs to a manifest: delete the manifest, and the blob goes with it");

    public static RegistryError DigestInvalid(string digest) => new(400, "DIGEST_INVALID",
        $"'{Shorten(digest)}' is no digest: sha256: and 64, or sha512: and 128, lower-case hex digits");

    public static RegistryError DigestMismatch(Digest wanted, Digest got) => new(400, "DIGEST_INVALID",
        $"the content hashes to {got}, not to {wanted}: it was damaged on the way or the digest is of something else; upload it again");

    public static RegistryError UploadUnknown(string id) => new(404, "BLOB_UPLOAD_UNKNOWN",
        $"upload '{Shorten(id)}' is unknown here: it was finished, cancelled or has expired; start a new one");

    public static RegistryError UploadBusy() => new(409, "BLOB_UPLOAD_INVALID", "another request is writing to this upload: wait for it to end, then ask for the upload's state");

    public static RegistryError TooManyUploads(string caller, int limit) => new(429, "TOOMANYREQUESTS",
        $"{caller} has {limit} unfinished uploads: finish or cancel some; those that stand still end by themselves after 24 hours");

    public static RegistryError TooManyRequests(int status, string message) => new(status, "TOOMANYREQUESTS", message);

    public static RegistryError UploadInvalid(string message) => new(400, "BLOB_UPLOAD_INVALID", message);

    public static RegistryError RangeInvalid(string message) => new(416, "BLOB_UPLOAD_INVALID", message);

    public static RegistryError RangeNotSatisfiable(long size) => new(416, "RANGE_INVALID", $"the blob has {size} bytes: ask for a range within them");

    public static RegistryError NoSpace(string message) => new(507, "INSUFFICIENT_STORAGE", message);

    public static RegistryError PaginationInvalid(string n) => new(400, "PAGINATION_NUMBER_INVALID", $"'{Shorten(n)}' is no number of results: give n as 0 or more");

    public static RegistryError Unknown(int status, string message) => new(status, "UNKNOWN", message);

    public Task ExecuteAsync(HttpContext httpContext) => Write(httpContext.Response);

    public Task Write(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        response.Headers.XContentTypeOptions = "nosniff";
        var body = JsonSerializer.SerializeToUtf8Bytes(new { errors = new[] { new { code = Code, message = Message, detail = Detail } } }, Readable);
        response.ContentLength = body.Length;
        // Clients show a 5xx by its status line alone (docker 20.10 to 28), so the cause goes there too.
        if (Status >= 500 && response.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>() is { } feature)
            feature.ReasonPhrase = Ascii(Message);
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>Text that is safe in a header or a status line.</summary>
    public static string Ascii(string text) => string.Create(Math.Min(text.Length, 500), text, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = from[i] is >= ' ' and <= '~' ? from[i] : '?';
    });

    private static string Shorten(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
