/* texts.h: every sentence the program says to people in the room, in each language. */
#ifndef TEAHOUSE_PROTOCOLS_TEXTS_H
#define TEAHOUSE_PROTOCOLS_TEXTS_H

#include "base/base.h"
#include "protocols/account_texts.h"

#include <stdbool.h>

enum lang { LANG_ZH, LANG_EN, LANG_COUNT };

/* name, Chinese, English. Both take the same arguments in the same order. The first block is the
 * seed's, byte for byte; lines of the server's own begin with 系统消息 or "-- ", which no nick can. */
/* clang-format off */
#define TEXTS(X)                                                                                   \
	X(GREETING, "请输入昵称:", "Your nickname:")                                               \
	X(NICK_TAKEN, "当前昵称已经存在，请重新输入\n", "That nickname is taken, please choose another\n")  \
	X(NICK_ACCEPTED, "昵称设置成功\n", "Welcome\n")                                            \
	X(ENTERED, "系统消息%s进入了聊天室\n", "-- %s came in\n")                                   \
	X(LEFT, "系统消息%s退出了聊天室\n", "-- %s left\n")                                         \
	X(GOODBYE, "退出", "Goodbye")                                                              \
                                                                                                   \
	X(NICK_INVALID, "昵称不合法，请重新输入\n", "That nickname cannot be used, please choose another\n") \
	X(RENAMED, "系统消息%s改名为%s\n", "-- %s is now called %s\n")                              \
	X(ROOM_RENAMED, "系统消息%s把%s改名为%s\n", "-- %s renamed %s to %s\n")                    \
	X(TOPIC_SET, "系统消息%s把话题改为:%s\n", "-- %s changed the topic to: %s\n")               \
	X(TOPIC_REMOVED, "系统消息%s去掉了话题\n", "-- %s removed the topic\n")                     \
	X(REDACTED, "系统消息%s撤回了一条消息\n", "-- %s took back a message\n")                  \
	X(PRIVATE_FROM, "[私聊]%s:", "[private] %s: ")                                             \
	X(PRIVATE_TO, "[私聊→%s]", "[private to %s] ")                                             \
	X(MANY_ENTERED, "系统消息%u人进入了聊天室\n", "-- %u people came in\n")                     \
	X(MANY_LEFT, "系统消息%u人退出了聊天室\n", "-- %u people left\n")                           \
	X(KICKED, "系统消息%s被%s移出了聊天室%s\n", "-- %s was put out by %s%s\n") \
	X(KILLED, "系统消息%s断开了你的连接%s\n", "-- %s ended your connection%s\n")               \
	X(INVITED, "系统消息%s邀请你进入%s\n", "-- %s invites you to %s\n")                       \
	X(KNOCKED, "系统消息%s想进入%s%s\n", "-- %s would like to enter %s%s\n")                 \
	X(HELP_HINT, "系统消息输入 /help 查看可用的命令\n", "-- type /help to see what you can do\n")   \
                                                                                                   \
	X(HELP,                                                                                    \
	  "系统消息直接输入文字就是发言。命令:\n"                                                  \
	  "系统消息/who 谁在这里\n"                                                                \
	  "系统消息/rooms 有哪些房间\n"                                                            \
	  "系统消息/join 房间 进入房间，并在那里说话\n"                                            \
	  "系统消息/part [房间] 离开房间\n"                                                        \
	  "系统消息/msg 昵称 文字 私聊\n"                                                          \
	  "系统消息/me 动作 做一个动作\n"                                                          \
	  "系统消息/nick 昵称 改名\n"                                                              \
	  "系统消息/history [条数] 说过的话\n"                                                     \
	  "系统消息/topic [文字] 查看或修改话题\n"                                                 \
	  "系统消息/quit 或 quit 离开，//开头说出以/开头的话\n",                                   \
	  "-- What you type is said. Commands:\n"                                                  \
	  "-- /who  who is here\n"                                                                 \
	  "-- /rooms  which rooms there are\n"                                                     \
	  "-- /join ROOM  go to a room, and talk there\n"                                          \
	  "-- /part [ROOM]  leave a room\n"                                                        \
	  "-- /msg NICK TEXT  talk to one person\n"                                                \
	  "-- /me ACTION  do something\n"                                                          \
	  "-- /nick NICK  change your name\n"                                                      \
	  "-- /history [COUNT]  what was said\n"                                                   \
	  "-- /topic [TEXT]  see or change the topic\n"                                            \
	  "-- /quit or quit  leave; // at the start says a single /\n")                            \
	X(HERE, "系统消息%s有%zu人:", "-- %s, %zu here:")                                            \
	X(HERE_MORE, "系统消息还有%zu人\n", "-- and %zu more\n")                                   \
	X(ROOM_ROW, "系统消息%s %zu人%s%s\n", "-- %s, %zu here%s%s\n")                               \
	X(ROOMS_MORE, "系统消息还有%zu个房间\n", "-- and %zu more rooms\n")                        \
	X(ROOMS_NONE, "系统消息现在没有房间\n", "-- there are no rooms just now\n")                \
	X(ROOM_NOW, "系统消息现在你在%s说话\n", "-- you are now talking in %s\n")                   \
	X(ROOM_NOWHERE, "系统消息你不在任何房间里，用 /join 房间 进入\n",                          \
	  "-- you are in no room: go to one with /join ROOM\n")                                    \
	X(TOPIC_IS, "系统消息%s的话题:%s（%s）\n", "-- the topic of %s is: %s (%s)\n")              \
	X(TOPIC_NONE, "系统消息%s没有话题\n", "-- %s has no topic\n")                              \
	X(HISTORY_NONE, "系统消息还没有人说过话\n", "-- nothing was said yet\n")                   \
	X(HISTORY_UNREADABLE, "系统消息暂时读不到聊天记录，请稍后再试\n",                           \
	  "-- the history cannot be read just now, please try again later\n")                      \
                                                                                                   \
	X(USAGE_JOIN, "系统消息用法: /join 房间\n", "-- usage: /join ROOM\n")                      \
	X(USAGE_MSG, "系统消息用法: /msg 昵称 文字\n", "-- usage: /msg NICK TEXT\n")               \
	X(USAGE_ME, "系统消息用法: /me 动作\n", "-- usage: /me ACTION\n")                          \
	X(USAGE_NICK, "系统消息用法: /nick 昵称\n", "-- usage: /nick NICK\n")                      \
	X(USAGE_HISTORY, "系统消息用法: /history [1到%u]\n", "-- usage: /history [1 to %u]\n")     \
                                                                                                   \
	X(BAD_BYTES, "系统消息没有发出: 不是有效的UTF-8文字\n", "-- not sent: this is not UTF-8 text\n") \
	X(TOO_LONG, "系统消息没有发出: 一条消息最多%u字节、%u行\n",                                \
	  "-- not sent: a message has at most %u bytes and %u lines\n")                            \
	X(REFUSED_NICK_INVALID, "系统消息没有改名: 昵称不合法\n", "-- that nickname cannot be used\n") \
	X(REFUSED_NICK_TAKEN, "系统消息没有改名: 昵称已经有人用，或太像别人的\n",                  \
	  "-- that nickname is taken, or too like another\n")                                      \
	X(NICK_RESERVED,                                                                           \
	  "这个昵称是保留的。如果是你的账号，请用SASL登录，或先换一个昵称，再发送 "                    \
	  "/msg NickServ IDENTIFY 账号 密码",                                                      \
	  "This nickname is reserved. If it is your account's, log in by SASL, or take another one "  \
	  "and say /msg NickServ IDENTIFY <account> <password>")                                       \
	X(LOGIN_REQUIRED, "要先登录自己的账号才能进来", "You must log in to an account to enter")      \
	ACCOUNT_TEXTS(X)                                                                           \
	X(REFUSED_ROOM_INVALID, "系统消息房间名不合法\n", "-- that cannot be the name of a room\n") \
	X(REFUSED_NO_SUCH_ROOM, "系统消息没有房间%s\n", "-- there is no room %s\n")                \
	X(REFUSED_NO_SUCH_NICK, "系统消息这里没有%s\n", "-- %s is not here\n")                     \
	X(REFUSED_NOT_IN_ROOM, "系统消息你不在%s\n", "-- you are not in %s\n")                     \
	X(REFUSED_TOO_MANY_ROOMS, "系统消息你在的房间已经太多了\n", "-- you are in too many rooms\n") \
	X(REFUSED_NO_ROOM_FOR_ROOMS, "系统消息这里不能再开新的房间了\n",                           \
	  "-- no more rooms can be opened here\n")                                                 \
	X(REFUSED_NOT_OPERATOR, "系统消息只有%s的管理员可以这样做\n",                             \
	  "-- only an operator of %s may do that\n")                                              \
	X(REFUSED_SPEECH, "系统消息没有发出: 你现在不能在%s发言\n",                               \
	  "-- not sent: you may not speak in %s now\n")                                           \
	X(REFUSED_GUEST, "系统消息没有发出: 只有登录的人能在%s发言\n",                          \
	  "-- not sent: only who is logged in may speak in %s\n")                                \
	X(REFUSED_COLOURS, "系统消息没有发出: %s不接受带格式的文字\n",                          \
	  "-- not sent: %s takes no formatted text\n")                                           \
	X(REFUSED_SLOW, "系统消息没有发出: 再过%u秒才能发言\n",                                 \
	  "-- not sent: you may speak again in %u s\n")                                          \
	X(REFUSED_NO_ACCOUNT, "系统消息只有登录的人能进入%s\n",                                 \
	  "-- only who is logged in may enter %s\n")                                             \
	X(REFUSED_INSECURE, "系统消息只有用TLS连接的人能进入%s\n",                              \
	  "-- only who is connected in TLS may enter %s\n")                                      \
	X(REFUSED_NICK_HELD, "系统消息没有改名: 在%s里不能改名\n",                              \
	  "-- nobody in %s may change his nickname\n")                                           \
	X(FORWARDED, "系统消息%s不让你进入，你去了%s\n", "-- %s does not let you in: you go to %s\n") \
	X(REFUSED_PRIVATE, "系统消息没有发出: %s不接受你的私聊\n",                                 \
	  "-- not sent: %s takes no private messages from you\n")                                 \
	X(REFUSED_BANNED, "系统消息你不能进入%s\n", "-- you may not enter %s\n")                 \
	X(REFUSED_CLOSED, "系统消息%s不对外开放\n", "-- %s is not open to everybody\n")          \
	X(REFUSED_CROWDED, "系统消息%s已经满了\n", "-- %s is full\n")                            \
	X(REFUSED_DEGRADED, "系统消息没有发出: 服务器的磁盘暂时写不进去，请稍后再试\n",             \
	  "-- not sent: the server's disk takes nothing just now, please try again later\n")       \
	X(REFUSED_STALLED, "系统消息没有发出: 服务器的磁盘没有回应，请稍后再试\n",                 \
	  "-- not sent: the server's disk does not answer, please try again later\n")              \
	X(REFUSED_BUSY, "系统消息服务器忙，请稍后再试\n", "-- the server is busy, please try again\n") \
                                                                                                   \
	X(BYE_SLOW, "系统消息你读得太慢，连接已断开\n", "-- you read too slowly and are let go\n")  \
	X(BYE_UNNAMED, "系统消息太久没有输入昵称，连接已断开\n", "-- no nickname came, goodbye\n")  \
	X(BYE_PING, "系统消息你没有回应，连接已断开\n", "-- you do not answer, goodbye\n")          \
	X(BYE_STOPPING, "系统消息服务器要关了，再见\n", "-- the server is closing, goodbye\n")      \
                                                                                                   \
	X(WHY_DEGRADED, "没有发出: 服务器的磁盘暂时写不进去，请稍后再试",                          \
	  "Not sent: the server's disk takes nothing just now, please try again later")            \
	X(WHY_STALLED, "没有发出: 服务器的磁盘没有回应，请稍后再试",                              \
	  "Not sent: the server's disk does not answer, please try again later")                   \
	X(WHY_BUSY, "服务器忙，请稍后再试", "The server is busy, please try again")               \
	X(ANSWER_FULL, "太长了，其余的省略", "This is too long, the rest is left out")             \
	X(NOT_STORED, "已经生效，但服务器的磁盘暂时写不进去，没有存下来",                          \
	  "Done, but not stored: the server's disk takes nothing just now")                        \
	X(WHY_CLOSED, "连接已断开", "Connection closed")                                           \
	X(WHY_RESET, "连接被重置", "Connection reset by peer")                                     \
	X(WHY_PING, "没有回应", "Ping timeout")                                                    \
	X(WHY_SLOW, "读得太慢", "Reads too slowly")                                                \
	X(WHY_UNNAMED, "太久没有登记", "Registration timed out")                                   \
	X(WHY_STOPPING, "服务器关闭", "Server closing")

/* clang-format on */

#define TEXT_ENUM(name, zh, en) TEXT_##name,
enum text { TEXTS(TEXT_ENUM) TEXT_COUNT };
#undef TEXT_ENUM

/* A format for printf(). */
const char *text_of(enum lang lang, enum text text);

/* "zh" or "en". false: neither. */
MUST_USE bool lang_parse(const char *name, enum lang *ret);

#endif
