using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>/api/v4/{projects,groups}/:id/transfer, as GitLab's: parameters in the query or as JSON.</summary>
internal static class TransferEndpoints
{
    public static void MapTransfers(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/v4/projects/{id}/transfer", TransferProject).WithSummary("Moves a project to another namespace").Produces<ApiProject>().WithMetadata(new AccessRule.Project(TokenScopes.Api, AccessLevel.Owner));
        routes.MapPost("/api/v4/groups/{id}/transfer", TransferGroup).WithSummary("Moves a group below another, or to the top").Produces<ApiGroup>(201).WithMetadata(new AccessRule.Group(TokenScopes.Api, AccessLevel.Owner));
    }

    private static async Task<IResult> TransferProject(ProjectAccess access, HttpContext context, ProjectTransferBody? body, ProjectMoves moves, BerthSettings settings)
    {
        var to = Text(body?.Namespace) ?? context.Request.Query["namespace"].ToString();
        if (to.Length == 0)
            return ApiError.BadRequest("namespace is missing");
        if (PlainText.Refusal(to) is not null)
            return ApiError.NotFound("Namespace");
        return await moves.Transfer(access, to) switch
        {
            ProjectOutcome.Invalid invalid => ApiError.Of(400, $"Failed to transfer project: {invalid.Reason}"),
            var outcome => ProjectEndpoints.Answer(outcome, settings, 200),
        };
    }

    private static async Task<IResult> TransferGroup(GroupAccess access, HttpContext context, GroupTransferBody? body, GroupMoves moves, BerthSettings settings)
    {
        var to = Text(body?.GroupId) ?? context.Request.Query["group_id"].ToString();
        long? parent = null;
        if (to.Length > 0)
        {
            if (!long.TryParse(to, out var number))
                return ApiError.BadRequest("group_id is invalid");
            parent = number;
        }
        return await moves.Transfer(access, parent) switch
        {
            GroupOutcome.Invalid invalid => ApiError.Of(400, $"Transfer failed: {invalid.Reason}"),
            var outcome => GroupEndpoints.Answer(outcome, settings, 201),
        };
    }

    /// <summary>A number or a text as text; null if it is neither.</summary>
    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String or JsonValueKind.Number } given ? given.ToString() : null;

    internal sealed record ProjectTransferBody(JsonElement? Namespace);

    internal sealed record GroupTransferBody(JsonElement? GroupId);
}
