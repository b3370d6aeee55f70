namespace Berth.Server.Web;

/// <summary>
/// What a page says once about the form that led to it. The browser carries only which of these it is, in a cookie of a minute: no
/// address and no other site can make a page say something.
/// </summary>
internal enum PageNote
{
    SignedOut = 1,
    PasswordChanged,
    TokenRevoked,
    TagRestored,
    ProjectCreated,
    GroupCreated,
    Saved,
    Moved,
    ProjectDeleted,
    GroupDeleted,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    Left,
    RunnerPaused,
    RunnerResumed,
    RunnerDeleted,
    VariableSaved,
    VariableDeleted,
    UserCreated,
    UserBlocked,
    UserUnblocked,
    UserDeleted,
    PasswordReset,
}

internal static class PageNoteWords
{
    public static string Words(this PageNote note) => note switch
    {
        PageNote.SignedOut => "You are signed out.",
        PageNote.PasswordChanged => "Your password is changed. Every other browser that was signed in as you is signed out.",
        PageNote.TokenRevoked => "The token is revoked: it opens nothing any more.",
        PageNote.TagRestored => "The tag stands for this digest again.",
        PageNote.ProjectCreated => "The project is made.",
        PageNote.GroupCreated => "The group is made, and you own it.",
        PageNote.Saved => "Saved.",
        PageNote.Moved => "Moved. The old address leads here for 30 days.",
        PageNote.ProjectDeleted => "The project is deleted.",
        PageNote.GroupDeleted => "The group is deleted.",
        PageNote.MemberAdded => "The member is added.",
        PageNote.MemberChanged => "The member is changed.",
        PageNote.MemberRemoved => "The member is removed.",
        PageNote.Left => "You are no member any more.",
        PageNote.RunnerPaused => "The runner is paused: it gets no more jobs.",
        PageNote.RunnerResumed => "The runner gets jobs again.",
        PageNote.RunnerDeleted => "The runner is deleted.",
        PageNote.VariableSaved => "The variable is saved. Jobs that start from now on have it.",
        PageNote.VariableDeleted => "The variable is deleted.",
        PageNote.UserCreated => "The user is made.",
        PageNote.UserBlocked => "The user is blocked: no password or token of theirs counts.",
        PageNote.UserUnblocked => "The user may sign in again.",
        PageNote.UserDeleted => "The user is deleted, and the name is free.",
        PageNote.PasswordReset => "The password is changed, and every session of the user has ended.",
        _ => throw new ArgumentOutOfRangeException(nameof(note)),
    };
}
