using Berth.Server.Access;
using Berth.Server.Access.Login;

namespace Berth.Tests.Access;

public sealed class TokenScopesTests
{
    /// <summary>The numbers are in every database.</summary>
    [Theory]
    [InlineData("api", 1)]
    [InlineData("read_api", 2)]
    [InlineData("read_registry", 4)]
    [InlineData("write_registry", 8)]
    [InlineData("read_repository", 16)]
    [InlineData("write_repository", 32)]
    [InlineData("read_user", 64)]
    [InlineData("create_runner", 128)]
    [InlineData("manage_runner", 256)]
    [InlineData("self_rotate", 512)]
    public void A_scope_has_GitLabs_name_and_a_fixed_number(string name, long number)
    {
        Assert.True(TokenScopeNames.TryParse(name, out var scope));
        Assert.Equal(number, (long)scope);
        Assert.Equal([name], scope.Names());
        Assert.Contains(name, TokenScopeNames.Known);
    }

    [Theory]
    [InlineData("API")]
    [InlineData("sudo")]
    [InlineData("")]
    [InlineData("1")]
    public void Other_words_are_no_scope(string name) => Assert.False(TokenScopeNames.TryParse(name, out _));

    [Fact]
    public void A_password_has_every_scope()
    {
        Assert.Equal(TokenScopeNames.Known, TokenScopes.All.Names());
        Assert.Equal(10, TokenScopes.All.Names().Length);
        Assert.Empty(TokenScopes.None.Names());
    }

    [Theory]
    [InlineData(CredentialKind.Anonymous, "anonymous")]
    [InlineData(CredentialKind.Password, "password")]
    [InlineData(CredentialKind.PersonalAccessToken, "pat")]
    internal void A_kind_of_credential_has_a_word(CredentialKind kind, string word)
    {
        Assert.Equal(word, kind.Word());
        Assert.True(CredentialKindWords.TryParse(word, out var found));
        Assert.Equal(kind, found);
        Assert.False(CredentialKindWords.TryParse(word + "s", out _));
    }

    [Fact]
    public void Every_kind_of_credential_has_one() => Assert.All(Enum.GetValues<CredentialKind>(), kind => Assert.NotEmpty(kind.Word()));
}
