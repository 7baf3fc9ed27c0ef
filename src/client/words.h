/* words.h: every sentence of the client, in each language. */
#ifndef TEAHOUSE_CLIENT_WORDS_H
#define TEAHOUSE_CLIENT_WORDS_H

#include "protocols/texts.h"

/* name, Chinese, English: formats of printf() with the same arguments. */
/* clang-format off */
#define WORDS(X)                                                                                   \
	X(CONNECTING, "正在连接%s …", "connecting to %s …")                                         \
	X(CONNECTED, "已连接，你是%s", "connected, you are %s")                                    \
	X(LOST, "连接断了: %s。%d秒后重连", "the connection is gone: %s; trying again in %d s")    \
	X(UNREACHABLE, "连不上%s: %s", "cannot reach %s: %s")                                      \
	X(CLOSED_BY_PEER, "对方关闭了连接", "closed by the other end")                             \
	X(TIMED_OUT, "没有回应", "no answer")                                                      \
	X(NICK_TAKEN, "昵称%s已经有人用", "the nickname %s is taken")                              \
	X(NICK_INVALID, "昵称%s不能用", "the nickname %s cannot be used")                          \
	X(NICK_ASK, "请输入昵称，按回车", "type another nickname and press Enter")                 \
	X(REFUSED, "登录被拒绝: %s", "the log-in was refused: %s")                                 \
	X(PROMPT_NICK, "昵称", "nickname")                                                         \
	X(ENTERED, "%s进来了", "%s came in")                                                       \
	X(LEFT, "%s离开了", "%s left")                                                             \
	X(LEFT_WHY, "%s离开了（%s）", "%s left (%s)")                                              \
	X(RENAMED, "%s改名为%s", "%s is now called %s")                                            \
	X(TOPIC_SET, "%s把话题改为: %s", "%s changed the topic to: %s")                            \
	X(TOPIC_REMOVED, "%s去掉了话题", "%s removed the topic")                                   \
	X(TOPIC_IS, "话题: %s", "the topic is: %s")                                                \
	X(TOPIC_NONE, "没有话题", "there is no topic")                                             \
	X(KICKED, "%s被%s移出了房间（%s）", "%s was put out by %s (%s)")                           \
	X(MODE, "%s设置了模式 %s", "%s sets mode %s")                                              \
	X(INVITED, "%s邀请你进入%s", "%s invites you to %s")                                       \
	X(HERE, "在这里: %s", "here: %s")                                                          \
	X(IN_ROOM, "现在你在%s说话", "you are now talking in %s")                                  \
	X(NO_ROOM, "你不在任何房间里，用 /join 房间 进入", "you are in no room: /join ROOM")       \
	X(PART_OF, "你离开了%s", "you left %s")                                                    \
	X(MORE_PAST, "更早的%s消息没有显示，用 /history 查看", "older messages of %s are not shown: /history") \
	X(NO_PAST, "还没有人说过话", "nothing was said yet")                                       \
	X(NO_HISTORY, "这个服务器没有聊天记录", "this server keeps no history")                    \
	X(NOT_SENT, "没有发出: %s（%s）", "not sent: %s (%s)")                                     \
	X(DOUBTFUL, "连接断了，不知道%s是否收到: %s",                                              \
	  "the connection broke, and nobody knows whether %s got this: %s")                        \
	X(KEPT, "还没有发出，重连后再发: %s", "not sent yet, will be once connected: %s")           \
	X(UNKNOWN, "没有命令%s，/help 查看可用的命令", "there is no command %s: see /help")        \
	X(USAGE, "用法: %s", "usage: %s")                                                          \
	X(TOO_LONG, "一行太长，服务器的这行略过", "a line of the server's was too long and is left out") \
	X(PRIVATE, "[私聊] ", "[private] ")                                                        \
	X(PRIVATE_TO, "[私聊→%s] ", "[private to %s] ")                                            \
	X(HELP,                                                                                    \
	  "直接输入文字就是发言。/join 房间 · /part [房间] · /msg 昵称 文字 · /me 动作 · "          \
	  "/nick 昵称 · /who · /topic [文字] · /history [条数] · /quit；//开头说出以/开头的话",     \
	  "what you type is said. /join ROOM · /part [ROOM] · /msg NICK TEXT · /me ACTION · "      \
	  "/nick NICK · /who · /topic [TEXT] · /history [COUNT] · /quit; // says a single /")
/* clang-format on */

#define WORDS_ENUM(name, zh, en) WORDS_##name,
enum words { WORDS(WORDS_ENUM) WORDS_COUNT };
#undef WORDS_ENUM

const char *words_of(enum lang lang, enum words which);

#endif
