using Berth.Pipelines;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Berth.Server.Ci;

/// <summary>/api/v4/jobs/:id/artifacts: how runners store and fetch archives, by the job's token, and people by their own.</summary>
internal static class ArtifactEndpoints
{
    private const int MaxName = 255;

    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.Open("authenticates by the job's token");
        routes.MapPost("/api/v4/jobs/{id:long}/artifacts", Upload).WithSummary("Stores a job's artifacts").Produces<ApiStoredArtifacts>(201).WithMetadata(rule, BodyLimit.None);
        routes.MapGet("/api/v4/jobs/{id:long}/artifacts", Download).WithSummary("Downloads a job's artifacts, by a job's token").Produces<Stream>(contentType: "application/zip").WithMetadata(rule);
        routes.MapGet("/api/v4/projects/{id}/jobs/{job:long}/artifacts", DownloadOfProject).WithSummary("Downloads a job's artifacts").Produces<Stream>(contentType: "application/zip").WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Reporter));
    }

    private static async Task<IResult> Upload(long id, HttpContext context, JobTokens tokens, Artifacts artifacts, BerthSettings settings, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var (access, refusal) = await JobReportEndpoints.Authenticate(id, null, mustRun: true, context, tokens);
        if (access is null)
            return refusal!;
        var query = context.Request.Query;
        var kind = query["artifact_type"].ToString() is { Length: > 0 } given ? given : Artifacts.Archive;
        var format = query["artifact_format"].ToString() is { Length: > 0 } asked ? asked : "zip";
        if (format is not ("zip" or "gzip" or "raw") || kind.Length > 64 || kind.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz_"))
            return ApiError.Of(400, "400 Bad request - artifact_format must be zip, gzip or raw, and artifact_type a word");
        if (!TryReadLifetime(query["expire_in"].ToString(), out var lifetime))
            return ApiError.Of(400, "400 Bad request - expire_in is no duration");
        if (await FilePart(context.Request, cancellationToken) is not var (filename, content))
            return ApiError.Of(400, "400 Bad request - the body must be multipart/form-data with a part 'file'");
        var limited = new LimitedStream(content, settings.MaxArtifactSize);
        try
        {
            var size = await artifacts.Store(access, kind, format, filename, lifetime, limited, cancellationToken);
            return Results.Json(new ApiStoredArtifacts("201 Created", size), statusCode: 201);
        }
        catch (LimitedStream.TooLongException)
        {
            return ApiError.Of(413, $"413 Payload too large - artifacts may have at most {settings.MaxArtifactSize} bytes (setting Ci__MaxArtifactSize)");
        }
    }

    /// <summary>A job fetches the archives of its own pipeline, and its own while it runs.</summary>
    private static async Task<IResult> Download(long id, HttpContext context, JobTokens tokens, Jobs jobs, Artifacts artifacts, CancellationToken cancellationToken)
    {
        if (await tokens.Authenticate(context.Request.Headers[JobReportEndpoints.TokenHeader].ToString(), cancellationToken) is not { Job.IsRunning: true } access)
            return ApiError.Of(401, "401 Unauthorized");
        return await jobs.Find(access.Job.ProjectId, id, cancellationToken) is { } wanted && wanted.PipelineId == access.Job.PipelineId
            ? await Send(context, wanted.Id, artifacts, cancellationToken)
            : ApiError.NotFound("Artifacts");
    }

    private static async Task<IResult> DownloadOfProject(ProjectAccess access, long job, HttpContext context, Jobs jobs, Artifacts artifacts, CancellationToken cancellationToken) =>
        await jobs.Find(access.Project.Id, job, cancellationToken) is { } wanted
            ? await Send(context, wanted.Id, artifacts, cancellationToken)
            : ApiError.NotFound("Job");

    private static async Task<IResult> Send(HttpContext context, long jobId, Artifacts artifacts, CancellationToken cancellationToken)
    {
        if (await artifacts.Find(jobId, Artifacts.Archive, cancellationToken) is not { } archive || await artifacts.Open(archive, cancellationToken) is not { } reader)
            return ApiError.NotFound("Artifacts");
        using (reader)
        {
            var response = context.Response;
            response.ContentType = "application/zip";
            ContentHeaders.Sandbox(response);
            response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = archive.Filename }.ToString();
            response.ContentLength = reader.Length;
            var writer = response.BodyWriter;
            for (long offset = 0; offset < reader.Length;)
            {
                var read = await reader.Read(writer.GetMemory(64 * 1024), offset, cancellationToken);
                if (read == 0)
                {
                    context.Abort();
                    break;
                }
                writer.Advance(read);
                offset += read;
                await writer.FlushAsync(cancellationToken);
            }
        }
        return Results.Empty;
    }

    private static async Task<(string Filename, Stream Content)?> FilePart(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.Boundary.Length == 0)
            return null;
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), request.Body);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (section.AsFileSection() is { Name: "file", FileStream: { } content } file)
                return (Path.GetFileName(file.FileName) is { Length: > 0 and <= MaxName } name ? name : "artifacts.zip", content);
        }
        return null;
    }

    /// <summary>Null is for ever; an empty text GitLab's default.</summary>
    private static bool TryReadLifetime(string text, out TimeSpan? lifetime)
    {
        lifetime = Artifacts.DefaultLifetime;
        if (text.Length == 0)
            return true;
        if (text == "never")
        {
            lifetime = null;
            return true;
        }
        var known = Durations.TryParse(text, out var duration);
        lifetime = duration;
        return known;
    }

    internal sealed record ApiStoredArtifacts(string Message, long Size);
}
