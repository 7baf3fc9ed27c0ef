/* account_texts.h: what is said about accounts, for texts.h: name, Chinese, English. */
#ifndef TEAHOUSE_PROTOCOLS_ACCOUNT_TEXTS_H
#define TEAHOUSE_PROTOCOLS_ACCOUNT_TEXTS_H

/* clang-format off */
#define ACCOUNT_TEXTS(X)                                                                           \
	X(ENROL_DONE, "账号已注册，你已经登录", "The account is registered, and you are logged in") \
	X(ENROL_TOO_EARLY, "先完成连接，再注册账号", "Enter first, then register")                 \
	X(ENROL_LOGGED_IN, "你已经登录了账号", "You are logged in to an account already")          \
	X(ENROL_NO_NICK, "先取一个昵称", "Choose a nick first")                                    \
	X(ENROL_BAD_NAME, "这个名字不能做账号名", "That cannot be the name of an account")         \
	X(ENROL_NOT_NICK, "账号名必须是你现在的昵称", "The account's name must be your nick")      \
	X(ENROL_EXISTS, "这个名字已经注册，或太像已经注册的",                                      \
	  "That name is registered, or too like one that is")                                      \
	X(ENROL_NICK_USED, "有别人正用着这个昵称", "Somebody else is using that nick")             \
	X(ENROL_OFF, "这里不能自己注册账号", "Accounts cannot be registered here")                 \
	X(ENROL_NEEDS_CODE, "注册要有邀请码", "An invitation code is needed to register")          \
	X(ENROL_BAD_CODE, "邀请码不对、用过了或过期了",                                            \
	  "That invitation code is wrong, used or too old")                                        \
	X(ENROL_BAD_EMAIL, "要有一个有效的邮箱地址", "A valid e-mail address is needed")           \
	X(ENROL_LONG_EMAIL, "邮箱地址太长", "The e-mail address is too long")                      \
	X(ENROL_BAD_PASSWORD, "密码太长，或没有密码", "The password is too long, or missing")      \
	X(ENROL_WEAK_PASSWORD, "密码不能和账号名一样", "The password must not be the account's name") \
	X(ENROL_TOO_OFTEN, "从你那里注册的账号太多了，请稍后再试",                                 \
	  "Too many accounts were registered from where you are, please try again later")          \
	X(ENROL_FULL, "这里的账号已经满了", "There is no room for more of them here")              \
	X(ENROL_CANNOT_STORE, "服务器的磁盘暂时写不进去，请稍后再试",                              \
	  "The server's disk takes nothing just now, please try again later")                      \
                                                                                                   \
	X(NS_NAME, "账号服务", "Accounts")                                                         \
	X(CS_NAME, "房间服务", "Rooms")                                                            \
	X(CS_NO_ROOMS, "这里还不能注册房间。第一个进入房间的人就是它的管理员。",                   \
	  "Rooms cannot be registered here yet. Who is first to enter one is its operator.")       \
	X(NS_NO_COMMAND, "没有命令 %s。发送 HELP 查看有哪些。", "There is no command %s. HELP tells which there are.") \
	X(NS_USAGE, "用法: %s", "Usage: %s")                                                       \
	X(NS_OPERATORS, "只有服务器的管理员可以这样做", "Only operators of the server may do that") \
	X(NS_LOG_IN_FIRST, "请先登录", "Log in first")                                             \
	X(NS_NO_ACCOUNT, "没有账号 %s", "There is no account %s")                                  \
	X(NS_WRONG, "账号或密码不对", "That is not the account, or not its password")              \
	X(NS_SUSPENDED, "账号 %s 已被停用: %s", "The account %s is suspended: %s")                 \
	X(NS_OTHER_SESSIONS, "你还有别的连接用着这个昵称，请先断开它们",                           \
	  "Others of your connections have this nick: end them first")                             \
	X(NS_LOGGED_IN, "你已登录账号 %s", "You are logged in as %s")                              \
	X(NS_LOGGED_OUT, "你已退出登录", "You are logged out")                                     \
	X(NS_NOT_HERE, "%s 不在这里", "%s is not here")                                            \
	X(NS_YOURSELF, "那是你自己", "That is you")                                                \
	X(NS_NOT_YOURS, "那不是你的昵称", "That is not your nick")                                 \
	X(NS_GHOSTED, "已断开 %s", "%s is gone")                                                   \
	X(NS_TRY_AGAIN, "请稍后再试", "Please try again")                                          \
	X(NS_GHOST_WHY, "被 NickServ 断开", "Ended through NickServ")                              \
	X(NS_DONE, "完成", "Done")                                                                 \
	X(NS_DROPPED, "账号已删除", "The account is no more")                                      \
	X(NS_INFO, "账号 %s，注册于 %s，最近登录 %s，现在%u个昵称",                                \
	  "%s, registered %s, last logged in %s, now under %u nicks")                              \
	X(NS_INFO_MORE, "邮箱 %s，证书%zu个，二次验证%s", "E-mail %s, certificates: %zu, second factor: %s") \
	X(NS_ON, "开", "on")                                                                       \
	X(NS_OFF, "关", "off")                                                                     \
	X(NS_NONE, "无", "none")                                                                   \
	X(NS_SESSION, "%s 经 %s，%s，自 %s", "%s by %s, %s, since %s")                             \
	X(NS_CERT, "证书 %s", "Certificate %s")                                                    \
	X(NS_NO_CERT, "你的连接没有出示证书，请写出指纹（SHA-256，64位十六进制）",                 \
	  "Your client shows no certificate: give its fingerprint (SHA-256, 64 hex digits)")       \
	X(NS_CERT_TAKEN, "这个证书已经属于一个账号", "That certificate belongs to an account already") \
	X(NS_CERT_MISSING, "账号没有这个证书", "The account has no such certificate")              \
	X(NS_CERTS_FULL, "证书已经够多了，请先删去一个", "There are enough of them: delete one first") \
	X(NS_TOTP_SECRET, "把它交给验证器，再发送 SET TOTP 验证码: %s",                            \
	  "Give this to your authenticator, then say SET TOTP CODE: %s")                           \
	X(NS_TOTP_WRONG, "验证码不对", "That code is wrong")                                       \
	X(NS_TOTP_NONE, "请先发送 SET TOTP ON", "Say SET TOTP ON first")                           \
	X(NS_INVITATION, "邀请码 %s 可以用一次，%u天内有效",                                      \
	  "Invitation %s is good for one account, within %u days")                                    \
	X(NS_INVITATIONS_FULL, "没有用过的邀请码太多了", "Too many invitations are not used yet")  \
	X(NS_TOO_LONG, "太长了", "That is too long")                                               \
	X(NS_TOTP_THERE, "二次验证已经开了", "There is a second factor already")                   \
	X(NS_NO_REASON, "没有说明原因", "No reason given")                                         \
	X(NS_HELP, "账号和昵称的服务。命令:", "Accounts and nicks. Commands:")                     \
	X(NS_HELP_REGISTER, "注册你现在的昵称", "makes your nick an account")                      \
	X(NS_HELP_IDENTIFY, "登录", "logs you in")                                                 \
	X(NS_HELP_LOGOUT, "退出登录", "logs you out")                                              \
	X(NS_HELP_GHOST, "断开用着你昵称的连接", "ends who has your nick")                         \
	X(NS_HELP_INFO, "账号的情况", "what is known of an account")                               \
	X(NS_HELP_SET, "改密码、邮箱，开关二次验证", "changes password, e-mail, second factor")    \
	X(NS_HELP_CERT, "用证书登录", "certificates that log you in")                              \
	X(NS_HELP_SESSIONS, "账号现在的连接", "who is logged in to your account")                  \
	X(NS_HELP_DROP, "删除账号", "ends your account")                                           \
	X(NS_HELP_HELP, "这些", "this")                                                            \
	X(NS_HELP_RESETPASS, "给账号新密码", "gives an account another password")                  \
	X(NS_HELP_SUSPEND, "停用账号", "nobody may log in to it")                                  \
	X(NS_HELP_UNSUSPEND, "恢复账号", "they may again")                                         \
	X(NS_HELP_INVITE, "作一个邀请码", "makes an invitation code")
/* clang-format on */

#endif
