using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Server.Http;

/// <summary>
/// How much one request may bring in its line, headers and body, and ask for in a list, with where each number comes from. What
/// a manifest or name may hold stands in <see cref="Berth.Oci.OciLimits"/>, what a push of git may in <c>GitLimits</c>, what a
/// pipeline's file may in <see cref="Berth.Pipelines.PipelineLimits"/>. Blobs, artifacts and packs have a limit by settings or none.
/// </summary>
internal static class RequestLimits
{
    /// <summary>
    /// Bytes of method, address and query; more is 414. Kestrel's default, and nginx's for one line. A PUT that names ten of the
    /// longest tags takes 1,800.
    /// </summary>
    public const int MaxRequestLineBytes = 8 * 1024;

    /// <summary>Bytes of all headers; more is 431. Kestrel's default, and nginx's (four times 8 KiB). The longest token takes half.</summary>
    public const int MaxHeaderBytes = 32 * 1024;

    /// <summary>Headers of a request; more is 431. Kestrel's default; clients send about ten, proxies add as many.</summary>
    public const int MaxHeaders = 100;

    /// <summary>Bytes of a body that no route's own limit covers: JSON of the API, and forms. A CI variable of the longest value takes 10,000.</summary>
    public const long MaxBodyBytes = 64 * 1024;

    /// <summary>Characters of a registry token: 32 scopes of the longest names fit; what is longer is not ours.</summary>
    public const int MaxTokenChars = 16 * 1024;

    /// <summary>Characters of a Basic Authorization header: name and secret of the greatest length, in UTF-8 and base64.</summary>
    public const int MaxBasicChars = 8 * 1024;

    /// <summary>Characters of a user name or secret that is looked at; a password of ASP.NET Core Identity or a token is far below.</summary>
    public const int MaxSecretChars = 1024;

    /// <summary>Passwords that are checked or wait for it; beyond it 429. Two cores check them in three seconds.</summary>
    public const int MaxWaitingPasswords = 64;

    /// <summary>Scopes of a token request. A push that mounts from many repositories asks for one each; more is no client's wish.</summary>
    public const int MaxScopes = 32;

    /// <summary>Characters of a field of a token request's form: <see cref="MaxScopes"/> of the longest names and the credentials.</summary>
    public const int MaxTokenFieldChars = 16 * 1024;

    /// <summary>Fields of a form; the largest of ours, for a token with every scope, has some fifteen.</summary>
    public const int MaxFormFields = 32;

    /// <summary>Bytes of a piece of a job's log. Runners send at most 1 MiB at once.</summary>
    public const int MaxTracePatchBytes = 2 * 1024 * 1024;

    /// <summary>Entries of a page of the registry's lists; a larger n is served in pages of this, with a Link. About 1 MB of the longest tags.</summary>
    public const int MaxRegistryPage = 10_000;

    /// <summary>Unfinished uploads of one credential; beyond it 429. A build farm that shares a token, five layers at once from each of 200 machines, stays below.</summary>
    public const int MaxOpenUploads = 1000;

    /// <summary>Entries of a page of the catalog: GitLab's registry's and distribution's; a larger n, and none, are served in pages of this, with a Link.</summary>
    public const int MaxCatalogPage = 1000;

    /// <summary>Entries of a page of the API's lists: GitLab's per_page.</summary>
    public const int MaxApiPage = 100;

    /// <summary>Entries that a page of the API may skip: GitLab's; who wants more goes by cursor.</summary>
    public const int MaxApiOffset = 50_000;

    /// <summary>
    /// How long a blob, artifact or pack may rest without a byte. A link that is rerouted, or a laptop that slept for a moment, comes
    /// back within it; proxies wait one minute as a rule.
    /// </summary>
    public static readonly TimeSpan Stall = TimeSpan.FromMinutes(5);

    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = MaxRequestLineBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestBodySize = MaxBodyBytes;
    }
}
