using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Http;

namespace Berth.Server.Git;

/// <summary>/NAMESPACE/PROJECT.git: git's smart protocol over HTTP (gitprotocol-http).</summary>
internal static class GitEndpoints
{
    private const string OldClient = "This server speaks git's smart HTTP protocol alone: use git 1.6.6 or newer, and leave GIT_SMART_HTTP on.";

    public static void MapGit(this IEndpointRouteBuilder routes)
    {
        // The limits of git's routes are Git__MaxPushSize and GitLimits.MaxFetchRequestBytes, counted on the unzipped bytes.
        var anyLength = BodyLimit.None;
        routes.MapGet("/{project}.git/info/refs", Advertise).WithMetadata(new AccessRule.Git(Action: null));
        routes.MapPost("/{project}.git/git-upload-pack", UploadPack.Answer).WithMetadata(new AccessRule.Git(GitActions.Read), anyLength);
        routes.MapPost("/{project}.git/git-receive-pack", ReceivePack.Answer).WithMetadata(new AccessRule.Git(GitActions.Write), anyLength, new RateLimited(RateLimitedWork.Push));
        var saysNothing = new AccessRule.Open("says the same of every path, there or not");
        routes.MapGet("/{project}/info/refs", AddEnding).WithMetadata(saysNothing);
        routes.MapGet("/{project}.git/HEAD", () => PlainError.Of(403, OldClient)).WithMetadata(saysNothing);
        routes.MapGet("/{project}.git/objects/{**rest}", () => PlainError.Of(403, OldClient)).WithMetadata(saysNothing);
    }

    /// <summary>What there is to fetch, or to push onto.</summary>
    private static async Task<IResult> Advertise(GitAccess access, HttpContext context, GitRepositories repositories, GitProcesses processes, TimeProvider time, ILogger<GitProcess> log)
    {
        var service = context.Request.Query["service"].ToString();
        if (!GitPath.IsService(service))
            return PlainError.Of(403, OldClient);
        var push = service == "git-receive-pack";
        access.Demand(push ? GitActions.Write : GitActions.Read);
        using var place = await processes.Enter(context.RequestAborted);
        if (place is null)
            return Busy(context.Response);
        var protocol = GitProtocol.Parse(context.Request.Headers["Git-Protocol"]);
        var repository = await repositories.Open(access);
        await using var git = GitProcesses.Advertise(repository, push, protocol);
        git.Input.Close();
        using var stall = new StallLimit(time, context.RequestAborted);
        await using var ended = stall.Token.Register(git.Kill);
        SetHeaders(context.Response, $"application/x-{service}-advertisement");
        // Protocol v2 has no such line; a push is never v2.
        if (push || !GitProtocol.IsVersion2(protocol))
            await context.Response.Body.WriteAsync((byte[])[.. PktLine.Encode($"# service={service}\n"), .. PktLine.Flush], stall.Token);
        await GitStreams.Copy(git.Output, context.Response.Body, stall);
        var (code, error) = await git.Exit();
        if (code != 0)
        {
            log.GitFailed(service, access.ProjectId, code, error);
            context.Abort();
        }
        return Results.Empty;
    }

    /// <summary>As GitLab does, for who left .git away; git goes on from there.</summary>
    private static IResult AddEnding(string project, HttpContext context)
    {
        var service = context.Request.Query["service"].ToString();
        if (!GitPath.IsService(service))
            return PlainError.Of(404, "There is nothing here.");
        var path = new PathString($"/{RepositoryPath.Unfold(project)}.git/info/refs").ToUriComponent();
        return Results.Redirect($"{path}?service={service}", permanent: true);
    }

    public static IResult Busy(HttpResponse response)
    {
        response.Headers.RetryAfter = "30";
        return PlainError.Of(503, $"All {GitLimits.MaxProcesses} places for git are taken: try again in a while.");
    }

    /// <summary>git's answers are never kept: they change with each push.</summary>
    public static void SetHeaders(HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, max-age=0, must-revalidate";
        response.Headers.Expires = "Fri, 01 Jan 1980 00:00:00 GMT";
        response.Headers.Pragma = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
