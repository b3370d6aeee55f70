using System.Text;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;

namespace Berth.Tests.Access;

public sealed class GitDecisionTests
{
    /// <summary>
    /// For each visibility and role: reading and writing with the scopes api, read_repository, write_repository and read_api.
    /// y allowed, n refused with a reason, - as if there were no project.
    /// </summary>
    private const string Golden = """
        visibility role       api r w  read_repository r w  write_repository r w  read_api r w
        private    anonymous       - -                 - -                  - -          - -
        private    stranger        - -                 - -                  - -          - -
        private    Guest           n n                 n n                  n n          n n
        private    Reporter        y n                 y n                  y n          n n
        private    Developer       y y                 y n                  y y          n n
        private    Maintainer      y y                 y n                  y y          n n
        private    Owner           y y                 y n                  y y          n n
        private    admin           y y                 y n                  y y          n n
        internal   anonymous       - -                 - -                  - -          - -
        internal   stranger        y n                 y n                  y n          n n
        internal   Guest           y n                 y n                  y n          n n
        internal   Reporter        y n                 y n                  y n          n n
        internal   Developer       y y                 y n                  y y          n n
        internal   Maintainer      y y                 y n                  y y          n n
        internal   Owner           y y                 y n                  y y          n n
        internal   admin           y y                 y n                  y y          n n
        public     anonymous       y n                 y n                  y n          y n
        public     stranger        y n                 y n                  y n          n n
        public     Guest           y n                 y n                  y n          n n
        public     Reporter        y n                 y n                  y n          n n
        public     Developer       y y                 y n                  y y          n n
        public     Maintainer      y y                 y n                  y y          n n
        public     Owner           y y                 y n                  y y          n n
        public     admin           y y                 y n                  y y          n n
        """;

    private static readonly TokenScopes[] Scopes = [TokenScopes.Api, TokenScopes.ReadRepository, TokenScopes.WriteRepository, TokenScopes.ReadApi];

    [Fact]
    public void Scopes_roles_and_visibilities_decide_as_the_table_says()
    {
        var table = new StringBuilder(Golden[..Golden.IndexOf('\n', StringComparison.Ordinal)]);
        foreach (var visibility in Enum.GetValues<Visibility>())
        {
            foreach (var role in (string[])["anonymous", "stranger", "Guest", "Reporter", "Developer", "Maintainer", "Owner", "admin"])
            {
                table.Append('\n').Append(visibility.ToString().ToLowerInvariant().PadRight(11)).Append(role.PadRight(10));
                var widths = new[] { 9, 20, 21, 13 };
                for (var i = 0; i < Scopes.Length; i++)
                    table.Append(Cell(visibility, role, Scopes[i]).PadLeft(widths[i]));
            }
        }
        Assert.Equal(Golden, table.ToString());
    }

    [Theory]
    [InlineData(1, TokenScopes.WriteRepository, GitActions.Write, 'y')]
    [InlineData(1, TokenScopes.ReadRepository, GitActions.Write, 'n')]
    [InlineData(1, TokenScopes.Api, GitActions.Read, '-')]
    [InlineData(2, TokenScopes.Api, GitActions.Write, '-')]
    [InlineData(0, TokenScopes.Api, GitActions.Write, '-')]
    internal void A_new_project_is_made_by_pushing_into_the_own_namespace(long owner, TokenScopes scopes, GitActions action, char answer) =>
        Assert.Equal(answer, Mark(Decision.GitInNewProject(User(scopes, isAdmin: false), new NamespaceFacts(1, "u", owner, Visibility.Public, PushCreatesProjects: false), AccessLevel.None, "u/p", action)));

    private static string Cell(Visibility visibility, string role, TokenScopes scopes)
    {
        var caller = role == "anonymous" ? Caller.Anonymous : User(scopes, role == "admin");
        var level = Enum.TryParse<AccessLevel>(role, out var parsed) ? parsed : AccessLevel.None;
        var project = new ProjectFacts(1, "u/p", 1, 2, visibility, RegistryAccessLevel.Disabled, 7);
        return $"{Mark(Decision.GitInProject(caller, project, level, GitActions.Read))} {Mark(Decision.GitInProject(caller, project, level, GitActions.Write))}";
    }

    private static char Mark(Decision decision) => (decision.Allowed, decision.Hides) switch
    {
        (true, false) => 'y',
        (false, false) => 'n',
        (false, true) => '-',
        _ => '!',
    };

    private static Caller User(TokenScopes scopes, bool isAdmin) => new(CredentialKind.PersonalAccessToken, 1, 1, "user", isAdmin, scopes);
}
