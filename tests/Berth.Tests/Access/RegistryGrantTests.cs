using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;

namespace Berth.Tests.Access;

/// <summary>What a registry token opens: ids, so that a renamed or re-made project is not opened by an old token.</summary>
public sealed class RegistryGrantTests
{
    private static readonly RepositoryName Name = RepositoryName.Parse("alice/project/image");

    private static readonly ImageTarget InProject = Project(id: 3, "alice/project", namespaceId: 2, "image");
    private static readonly NamespaceFacts Alice = new(2, "alice", 7, Visibility.Public, PushCreatesProjects: false);

    private static readonly ImageTarget InNewProject = new ImageTarget.InNewProject(Alice, "project", "image");

    [Theory]
    [InlineData(RegistryActions.Pull, RegistryActions.Pull, true)]
    [InlineData(RegistryActions.Pull, RegistryActions.Push, false)]
    [InlineData(RegistryActions.Pull | RegistryActions.Push, RegistryActions.Push, true)]
    [InlineData(RegistryActions.All, RegistryActions.Delete, true)]
    [InlineData(RegistryActions.None, RegistryActions.Pull, false)]
    internal void A_grant_covers_the_actions_in_it(RegistryActions granted, RegistryActions action, bool covered)
    {
        Assert.Equal(covered, RegistryGrant.For(Name, InProject, granted).Covers(InProject, action));
        Assert.Equal(covered, RegistryGrant.For(Name, InNewProject, granted).Covers(InNewProject, action));
    }

    [Fact]
    public void A_grant_in_a_project_covers_that_project_and_image_alone()
    {
        var grant = RegistryGrant.For(Name, InProject, RegistryActions.All);
        Assert.True(grant.Covers(Project(3, "bob/renamed", 9, "image"), RegistryActions.Pull));
        Assert.False(grant.Covers(Project(4, "alice/project", 2, "image"), RegistryActions.Pull));
        Assert.False(grant.Covers(Project(3, "alice/project", 2, ""), RegistryActions.Pull));
        Assert.False(grant.Covers(Project(3, "alice/project", 2, "image/other"), RegistryActions.Pull));
        Assert.False(grant.Covers(InNewProject, RegistryActions.Push));
    }

    [Fact]
    public void A_grant_for_a_project_to_be_made_serves_the_rest_of_the_push_that_made_it()
    {
        var grant = RegistryGrant.For(Name, InNewProject, RegistryActions.All);
        Assert.True(grant.Covers(InProject, RegistryActions.Push));
        Assert.True(grant.Covers(Project(3, "Alice/Project", 2, "image"), RegistryActions.Push));
        Assert.False(grant.Covers(Project(3, "alice/project", 9, "image"), RegistryActions.Push));
        Assert.False(grant.Covers(Project(3, "alice/other", 2, "image"), RegistryActions.Push));
        Assert.False(grant.Covers(Project(3, "alice/project", 2, "other"), RegistryActions.Push));
        Assert.False(grant.Covers(new ImageTarget.InNewProject(Alice with { Id = 9 }, "project", "image"), RegistryActions.Push));
        Assert.False(grant.Covers(new ImageTarget.InNewProject(Alice, "other", "image"), RegistryActions.Push));
        Assert.False(grant.Covers(new ImageTarget.InNewProject(Alice, "project", ""), RegistryActions.Push));
    }

    [Fact]
    public void Nothing_is_granted_where_no_project_can_be()
    {
        ImageTarget[] targets = [new ImageTarget.Nowhere(), new ImageTarget.NoNamespace(Name), new ImageTarget.TooDeep("alice/project", null, Alice)];
        Assert.All(targets, target =>
        {
            Assert.Throws<ArgumentException>(() => RegistryGrant.For(Name, target, RegistryActions.Pull));
            Assert.False(RegistryGrant.For(Name, InProject, RegistryActions.All).Covers(target, RegistryActions.Pull));
        });
    }

    [Fact]
    public void A_token_covers_what_one_of_its_grants_does()
    {
        var token = new RegistryToken(CredentialKind.Password, 7, 0, 0,
            [RegistryGrant.For(Name, InProject, RegistryActions.Pull), RegistryGrant.For(Name, InProject, RegistryActions.Push)]);
        Assert.True(token.Covers(InProject, RegistryActions.Pull));
        Assert.True(token.Covers(InProject, RegistryActions.Push));
        Assert.False(token.Covers(InProject, RegistryActions.Delete));
    }

    private static ImageTarget.InProject Project(long id, string path, long namespaceId, string relative) =>
        new(new ProjectFacts(id, path, namespaceId, 7, Visibility.Private, RegistryAccessLevel.Enabled, 7), relative);
}
