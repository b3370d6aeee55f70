using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Git;

/// <summary>POST git-upload-pack: a step of a fetch. In protocol v2 the list of refs is one too.</summary>
internal static class UploadPack
{
    public static async Task<IResult> Answer(
        GitAccess access, HttpContext context, GitRepositories repositories, GitProcesses processes, GitMetrics metrics, TimeProvider time, ILogger<GitProcess> log)
    {
        access.Demand(GitActions.Read);
        if (context.Request.ContentType != "application/x-git-upload-pack-request")
            return PlainError.Of(415, "This address takes application/x-git-upload-pack-request, which git sends.");
        if (GitStreams.OpenBody(context) is not { } body)
            return PlainError.Of(415, "The body's Content-Encoding is not gzip.");
        using var place = await processes.Enter(context.RequestAborted);
        if (place is null)
            return GitEndpoints.Busy(context.Response);
        var repository = await repositories.Open(access);
        await using var git = GitProcesses.UploadPack(repository, GitProtocol.Parse(context.Request.Headers["Git-Protocol"]));
        using var stall = new StallLimit(time, context.RequestAborted);
        await using var ended = stall.Token.Register(git.Kill);
        GitEndpoints.SetHeaders(context.Response, "application/x-git-upload-pack-result");
        var feeding = Feed(body, git, stall);
        var copying = GitStreams.Copy(git.Output, context.Response.Body, stall);
        // Whichever fails, neither may touch the request after its end.
        await Task.WhenAll(feeding, copying);
        var (bytes, hasPack) = await copying;
        var (code, error) = await git.Exit();
        metrics.Fetched(bytes);
        if (code != 0)
            log.GitFailed("upload-pack", access.ProjectId, code, error);
        if (code != 0 && bytes == 0)
        {
            context.Response.Headers.Clear();
            return PlainError.Of(400, "git could not read the request.");
        }
        if (hasPack)
            log.LogFetched(context, access, bytes);
        return Results.Empty;
    }

    /// <summary>Without its request git must not wait.</summary>
    private static async Task Feed(Stream body, GitProcess git, StallLimit stall)
    {
        try
        {
            await GitStreams.Feed(default, body, git.Input, GitLimits.MaxFetchRequestBytes, stall);
        }
        catch (InvalidDataException damaged)
        {
            git.Kill();
            throw new BadHttpRequestException("the gzip of the body is damaged", damaged);
        }
        catch
        {
            git.Kill();
            throw;
        }
    }
}
