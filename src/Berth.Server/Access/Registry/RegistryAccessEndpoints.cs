using System.Globalization;
using Berth.Oci;
using Berth.Server.Http;

namespace Berth.Server.Access.Registry;

/// <summary>
/// GET /api/v4/projects/:id/registry/access?as=…&amp;action=…[&amp;image=…]: whether somebody may pull, push or delete, and why, from the
/// very function that decides requests. For Maintainers of the project.
/// </summary>
internal static class RegistryAccessEndpoints
{
    public static void MapRegistryAccess(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v4/projects/{id}/registry/access", Explain).WithSummary("Says why somebody may or may not do something with an image").Produces<ApiDecision>().WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer));

    /// <param name="access">Whose question it is.</param>
    /// <param name="as">A user name, a credential as 'pat:12', or 'anonymous'; none is the caller.</param>
    /// <param name="action">pull, push or delete.</param>
    /// <param name="image">What follows the project's path in the image's name; none is the project's own.</param>
    /// <param name="subjects">Finds who is meant.</param>
    /// <param name="decisions">Decides.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    private static async Task<IResult> Explain(
        ProjectAccess access, string? @as, string? action, string? image, AccessSubjects subjects, RegistryDecisions decisions, CancellationToken cancellationToken)
    {
        var wanted = action switch { "pull" => RegistryActions.Pull, "push" => RegistryActions.Push, "delete" => RegistryActions.Delete, _ => RegistryActions.None };
        if (wanted == RegistryActions.None)
            return ApiError.BadRequest("action must be pull, push or delete");
        if (@as is { Length: > 255 } || PlainText.Refusal(@as) is not null)
            return ApiError.BadRequest("as must be a user name, a credential such as pat:12 (never its secret), or anonymous");
        var text = access.Project.FullPath.ToLowerInvariant() + (string.IsNullOrEmpty(image) ? "" : "/" + image);
        if (!RepositoryName.TryParse(text, out var name))
            return ApiError.BadRequest(RegistryError.NameInvalid(text).Message);
        if (await subjects.Find(access, @as, cancellationToken) is not { } subject)
            return Results.Json(new ApiDecision(action!, name.ToString(), @as!, "credential_unknown", "this is no credential of someone with a role here, or it was revoked, has expired, its user is blocked or its job has ended"));
        var (_, decision) = await decisions.Decide(subject.Caller, name, wanted, cancellationToken);
        return Results.Json(View(name, action!, subject, decision));
    }

    private static ApiDecision View(RepositoryName name, string action, AccessSubject subject, Decision decision) => new(
        action, name.ToString(), subject.Caller.IsAnonymous ? "anonymous" : subject.Caller.Username, Word(decision.Rule.ToString()), decision.Allowed ? Words(decision.Rule, subject) : decision.Reason)
    {
        Allowed = decision.Allowed,
        Credential = subject.IsCredential ? subject.Caller.Credential : null,
        Role = subject.Role == AccessLevel.None ? null : subject.Role.ToString().ToLowerInvariant(),
        AccessLevel = (int)subject.Role,
        NeededRole = decision.NeededRole?.ToString().ToLowerInvariant(),
        MissingScope = decision.NeededScope,
    };

    private static string Words(DecisionRule rule, AccessSubject subject) => rule switch
    {
        DecisionRule.Role => $"the role {subject.Role} allows it",
        DecisionRule.Administrator => "administrators may do everything",
        DecisionRule.Visibility => "the project's visibility and its registry's access level allow it without a role",
        _ => "the namespace is their own",
    };

    /// <summary>RoleTooLow is role_too_low.</summary>
    private static string Word(string name) => string.Concat(name.Select((letter, at) => char.IsUpper(letter) ? $"{(at > 0 ? "_" : "")}{char.ToLower(letter, CultureInfo.InvariantCulture)}" : $"{letter}"));

    /// <summary>Whether somebody may do something with an image, and by which rule.</summary>
    internal sealed record ApiDecision(string Action, string Image, string As, string Rule, string Reason)
    {
        public bool Allowed { get; init; }
        public string? Credential { get; init; }
        public string? Role { get; init; }
        public int AccessLevel { get; init; }
        public string? NeededRole { get; init; }
        public string? MissingScope { get; init; }
    }
}
