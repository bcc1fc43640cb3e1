// The macros of other people's headers that are known to hurt: short names, in lower case or as types are written.
// Eigen and the standard library come first; Eigen itself refuses some of these.
#pragma once

#include <archive.h>
#include <bits/stdc++.h>
#include <csv.h>
#include <stb_image_write.h>
#include <zlib.h>

#include <Eigen/Core>
#include <nlohmann/json.hpp>
#include <unsupported/Eigen/CXX11/Tensor>

// X11/X.h, Xlib.h and Xutil.h
#define Above 0
#define Always 2
#define Below 1
#define Bool int
#define Complex 0
#define Convex 2
#define CursorShape 0
#define DefaultDepth 0
#define DestroyAll 0
#define Expose 12
#define False 0
#define FocusIn 9
#define GrayScale 1
#define KeyPress 2
#define LineSolid 0
#define None 0L
#define Nonconvex 1
#define Opposite 4
#define ParentRelative 1L
#define RootWindow(display, screen) 0
#define Status int
#define Success 0
#define True 1
#define Unsorted 0
#define XValue 0x0001

// Qt
#define emit
#define forever for (;;)
#define foreach(variable, container) for (variable : container)
#define Q_OBJECT
#define signals public
#define slots

// windows.h and what it includes
#define ABSOLUTE 1
#define CALLBACK
#define CONST const
#define DELETE 1
#define DIFFERENCE 11
#define DOMAIN 1
#define ERROR 0
#define far
#define FALSE 0
#define GetMessage GetMessageW
#define hyper long long
#define IGNORE 0
#define IN
#define INFINITE 0xFFFFFFFF
#define interface struct
#define LoadImage LoadImageW
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define near
#define NEAR
#define NO_ERROR 0
#define OPAQUE 2
#define OPTIONAL
#define OUT
#define OVERFLOW 3
#define pascal
#define PASCAL
#define RELATIVE 2
#define small char
#define STRICT 1
#define THIS void
#define TRANSPARENT 1
#define TRUE 1
#define UNDERFLOW 4
#define VOID void

// complex.h of C, termios.h, sys/param.h, sys/sysmacros.h, ctype.h of newlib
#define B0 0
#define B50 1
#define complex _Complex
#define ECHO 0000010
#define I 1
#define imaginary _Imaginary
#define major(device) 0
#define minor(device) 0
#define makedev(a, b) 0
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#define _B 0100
#define _C 040
#define _L 02
#define _N 04
#define _P 020
#define _S 010
#define _U 01
#define _X 0200

// Arduino.h
#define A0 14
#define bit(b) (1UL << (b))
#define DEC 10
#define DEFAULT 1
#define degrees(radians) 0
#define DISABLED 0
#define EULER 2.718
#define F(text) text
#define HEX 16
#define HIGH 1
#define INPUT 0
#define LOW 0
#define lowByte(w) 0
#define OUTPUT 1
#define PI 3.14
#define PS 1
#define radians(degrees) 0
#define sq(x) ((x) * (x))

// glog, gtest and the macros that programs write for themselves
#define CHECK(x) (x)
#define DEBUG 1
#define FAIL 1
#define INFO 1
#define LOG(x) std::cerr
#define REQUIRE(x) (x)
#define SAME 2
#define TEST(a, b) void a##b()
#define TEST_CASE(x) void x()
#define VALID 1
#define WARNING 1
#define N 100
#define M 100
#define EPS 1e-9
#define SIZE 10
