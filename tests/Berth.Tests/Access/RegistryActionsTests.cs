using Berth.Oci;
using Berth.Server.Access;
using Berth.Server.Access.Registry;

namespace Berth.Tests.Access;

public sealed class RegistryActionsTests
{
    [Theory]
    [InlineData("pull", RegistryActions.Pull)]
    [InlineData("push", RegistryActions.Push)]
    [InlineData("delete", RegistryActions.Delete)]
    [InlineData("pull,push", RegistryActions.Pull | RegistryActions.Push)]
    [InlineData("push,pull,push", RegistryActions.Pull | RegistryActions.Push)]
    [InlineData("*", RegistryActions.All)]
    [InlineData("pull,mount", RegistryActions.Pull)]
    [InlineData("pull,,", RegistryActions.Pull)]
    [InlineData("", RegistryActions.None)]
    [InlineData("Pull", RegistryActions.None)]
    [InlineData("pull push", RegistryActions.None)]
    [InlineData(" pull", RegistryActions.None)]
    internal void Actions_of_a_scope_are_read_and_unknown_ones_dropped(string text, RegistryActions actions) =>
        Assert.Equal(actions, RegistryActionWords.Parse(text));

    [Fact]
    public void Words_of_actions_are_read_back()
    {
        for (var actions = RegistryActions.None; actions <= RegistryActions.All; actions++)
            Assert.Equal(actions, RegistryActionWords.Parse(string.Join(',', actions.Words())));
        Assert.Equal(["pull", "push", "delete"], RegistryActions.All.Words());
    }

    [Theory]
    [InlineData("repository:root/hello:pull", "root/hello", RegistryActions.Pull)]
    [InlineData("repository:root/hello:pull,push", "root/hello", RegistryActions.Pull | RegistryActions.Push)]
    [InlineData("repository:a/b/c/d:*", "a/b/c/d", RegistryActions.All)]
    [InlineData("repository:root/hello:", null, RegistryActions.None)]
    [InlineData("repository:root/hello:mount", null, RegistryActions.None)]
    [InlineData("repository:root/hello", null, RegistryActions.None)]
    [InlineData("repository::pull", null, RegistryActions.None)]
    [InlineData("repository:", null, RegistryActions.None)]
    [InlineData("repository:Root/hello:pull", null, RegistryActions.None)]
    [InlineData("repository:host:5000/hello:pull", null, RegistryActions.None)]
    [InlineData("repository(plugin):root/hello:pull", null, RegistryActions.None)]
    [InlineData("registry:catalog:*", null, RegistryActions.None)]
    [InlineData("Repository:root/hello:pull", null, RegistryActions.None)]
    [InlineData("", null, RegistryActions.None)]
    internal void A_scope_is_a_repository_and_actions(string scope, string? name, RegistryActions actions)
    {
        Assert.Equal(name is not null, TokenEndpoints.TryParseScope(scope, out var found, out var asked));
        Assert.Equal(actions, asked);
        if (name is not null)
            Assert.Equal(RepositoryName.Parse(name), found);
    }
}
