using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Git;

/// <summary>POST git-receive-pack: a push.</summary>
internal static class ReceivePack
{
    public static async Task<IResult> Answer(GitAccess access, HttpContext context, BerthSettings settings, GitProcesses processes, Pushes pushes, TimeProvider time)
    {
        access.Demand(GitActions.Write);
        var limit = settings.GitMaxPushSize;
        if (context.Request.ContentType != "application/x-git-receive-pack-request")
            return PlainError.Of(415, "This address takes application/x-git-receive-pack-request, which git sends.");
        if (limit > 0 && context.Request.ContentLength > limit)
            return PlainError.Of(413, $"The push is over {limit} bytes, the most that this server takes (Git__MaxPushSize).");
        if (GitStreams.OpenBody(context) is not { } body)
            return PlainError.Of(415, "The body's Content-Encoding is not gzip.");
        using var place = await processes.Enter(context.RequestAborted);
        if (place is null)
            return GitEndpoints.Busy(context.Response);
        using var stall = new StallLimit(time, context.RequestAborted);
        GitEndpoints.SetHeaders(context.Response, "application/x-git-receive-pack-result");
        try
        {
            var request = await ReceivePackRequest.Read(body, stall.Restart, stall.Token);
            // git sends an empty push to see whether it may, before it sends a large one.
            if (request.Commands.Count > 0)
                await pushes.Receive(access, request, body, context, stall);
            return Results.Empty;
        }
        catch (InvalidDataException damaged) when (!context.Response.HasStarted)
        {
            return PlainError.Of(400, $"The push cannot be read: {damaged.Message}.");
        }
    }
}
